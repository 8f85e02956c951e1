/* What the samples share: items by the words of a command line, and the ten best. Each program includes it once. */
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
