/*
 * tandem-c BUNDLE [ITEM ...]: opens a bundle, takes in events, prints the ten best items. An ITEM is a key where the bundle holds keys,
 * and an id where it does not. From the repository's root:
 *
 *   dotnet publish -c Release src/Tandem.Native -o out
 *   gcc -O2 -I out samples/c/main.c -o out/tandem-c out/libtandem.so -Wl,-rpath,'$ORIGIN'
 *   out/tandem-c BUNDLE B004756YJA B00150LT40
 */
#include "ranking.h"

int main(int argc, char **argv) {
  if (tandem_version() >> 16 != TANDEM_VERSION >> 16) {
    snprintf(error, sizeof error, "the library has version %06x, the header %06x", tandem_version(), TANDEM_VERSION);
    return fail();
  }

  if (argc < 2) {
    snprintf(error, sizeof error, "usage: tandem-c BUNDLE [ITEM ...]");
    return fail();
  }

  /* Any number of sessions share a loaded model, which also knows the items' keys. */
  tandem_model model;
  tandem_options options = TANDEM_OPTIONS_DEFAULT;
  tandem_session session;
  if (tandem_model_load(argv[1], &model, error, sizeof error) != TANDEM_OK
      || tandem_open_model(model, &options, &session, error, sizeof error) != TANDEM_OK) {
    return fail();
  }

  if (!observe_all(model, session, argv + 2, argc - 2) || !print_best(model, session)) return fail();
  if (tandem_close(session, error, sizeof error) != TANDEM_OK) return fail();
  return tandem_model_free(model, error, sizeof error) == TANDEM_OK ? 0 : fail();
}
