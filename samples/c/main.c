/*
 * tandem-c BUNDLE [ITEM ...]: opens a bundle, takes in events, prints the ten best items. From the repository's root:
 *
 *   dotnet publish -c Release src/Tandem.Native -o out
 *   gcc -O2 -I out samples/c/main.c -o out/tandem-c out/libtandem.so -Wl,-rpath,'$ORIGIN'
 *   out/tandem-c BUNDLE 5 17 300
 */
#include <stdio.h>
#include <stdlib.h>

#include "tandem.h"

enum { MOST_SHOWN = 10 };

static char error[256];

static int fail(void) {
  fprintf(stderr, "error: %s\n", error);
  return 2;
}

static int observe_all(tandem_session session, char **items, int count) {
  for (int i = 0; i < count; i++) {
    if (tandem_observe(session, atoi(items[i]), TANDEM_NOW, error, sizeof error) != TANDEM_OK) return 0;
  }
  return 1;
}

static int print_best(tandem_session session) {
  tandem_item best[MOST_SHOWN];
  int32_t count;
  if (tandem_recommend(session, MOST_SHOWN, TANDEM_FUSED, NULL, 0, best, &count, error, sizeof error) != TANDEM_OK) return 0;
  for (int32_t i = 0; i < count; i++) printf("%8d %10.5f\n", best[i].item, best[i].score);
  return 1;
}

int main(int argc, char **argv) {
  if (tandem_version() >> 16 != TANDEM_VERSION >> 16) {
    snprintf(error, sizeof error, "the library has version %06x, the header %06x", tandem_version(), TANDEM_VERSION);
    return fail();
  }

  if (argc < 2) {
    snprintf(error, sizeof error, "usage: tandem-c BUNDLE [ITEM ...]");
    return fail();
  }

  /* Any number of sessions share a loaded model. Each keeps it in memory, so its handle may go at once. */
  tandem_model model;
  tandem_options options = TANDEM_OPTIONS_DEFAULT;
  tandem_session session;
  if (tandem_model_load(argv[1], &model, error, sizeof error) != TANDEM_OK
      || tandem_open_model(model, &options, &session, error, sizeof error) != TANDEM_OK
      || tandem_model_free(model, error, sizeof error) != TANDEM_OK) {
    return fail();
  }

  if (!observe_all(session, argv + 2, argc - 2) || !print_best(session)) return fail();
  return tandem_close(session, error, sizeof error) == TANDEM_OK ? 0 : fail();
}
