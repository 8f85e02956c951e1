/*
 * tandem-c BUNDLE [ITEM ...]: opens a bundle, takes in events, prints the ten best items. An ITEM is a key where the bundle holds keys,
 * and an id where it does not. From the repository's root:
 *
 *   dotnet publish -c Release src/Tandem.Native -o out
 *   gcc -O2 -I out samples/c/main.c -o out/tandem-c out/libtandem.so -Wl,-rpath,'$ORIGIN'
 *   out/tandem-c BUNDLE B004756YJA B00150LT40
 */
#include <stdio.h>
#include <stdlib.h>

#include "tandem.h"

enum { MOST_SHOWN = 10, MOST_KEY_BYTES = 1024 };

static char error[256];

static int fail(void) {
  fprintf(stderr, "error: %s\n", error);
  return 2;
}

/* The id that a word stands for; 0, with the reason in error, where it stands for none. */
static int32_t find(tandem_model model, const char *word) {
  int32_t item;
  tandem_status status = tandem_find_item(model, word, &item, error, sizeof error);
  if (status == TANDEM_NOTHING) return atoi(word);
  if (status == TANDEM_OK && item == 0) snprintf(error, sizeof error, "no item of this bundle has the key '%s'", word);
  return item;
}

static int observe_all(tandem_model model, tandem_session session, char **items, int count) {
  for (int i = 0; i < count; i++) {
    int32_t item = find(model, items[i]);
    if (item == 0 || tandem_observe(session, item, TANDEM_NOW, error, sizeof error) != TANDEM_OK) return 0;
  }
  return 1;
}

static int print_key(tandem_model model, int32_t item) {
  char key[MOST_KEY_BYTES];
  int32_t needed;
  tandem_status status = tandem_item_key(model, item, key, sizeof key, &needed, error, sizeof error);
  if (status == TANDEM_OK) printf("  %s", key);
  printf("\n");
  return status == TANDEM_OK || status == TANDEM_NOTHING;
}

static int print_best(tandem_model model, tandem_session session) {
  tandem_item best[MOST_SHOWN];
  int32_t count;
  if (tandem_recommend(session, MOST_SHOWN, TANDEM_FUSED, NULL, 0, best, &count, error, sizeof error) != TANDEM_OK) return 0;
  for (int32_t i = 0; i < count; i++) {
    printf("%8d %10.5f", best[i].item, best[i].score);
    if (!print_key(model, best[i].item)) return 0;
  }
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
