/*
 * tandem-cloud URL BUNDLE OUTBOX [ITEM ...]: a device of the cloud service in C. Takes in the events, asks the service for a list where
 * the bundle's rules want one, prints the ten best items, and sends the events; each line of standard input is then one more event.
 * What the service was asked and answered goes to standard error. Where nobody listens it ranks all the same, and the events wait in OUTBOX.
 * TANDEM_KEY in the environment is the service's key, TANDEM_DEVICE what the service calls this device. From the repository's root:
 *
 *   dotnet publish -c Release src/Tandem.Native -o out
 *   gcc -O2 -I out samples/c/cloud.c -o out/tandem-cloud out/libtandem.so -lcurl -Wl,-rpath,'$ORIGIN'
 *   out/tandem-cloud http://127.0.0.1:5080 BUNDLE outbox.log B004756YJA
 */
#include <curl/curl.h>
#include <string.h>

#include "ranking.h"

enum { MOST_ANSWER_BYTES = 4000000, MOST_ADDRESS_BYTES = 1024, MOST_HEADER_BYTES = 8400, MOST_WORD_BYTES = 1024 };

/* The connection to the service, and the last answer's body. */
typedef struct {
  CURL *curl;
  struct curl_slist *headers;
  const char *address;
  uint8_t *body;
  size_t size;
} cloud;

static size_t keep(char *bytes, size_t one, size_t count, void *context) {
  cloud *to = context;
  (void)one; /* always 1 */
  if (count > MOST_ANSWER_BYTES - to->size) return 0; /* more is no answer of the service's, and ends the transfer */
  memcpy(to->body + to->size, bytes, count);
  to->size += count;
  return count;
}

/* A tandem_post: what fails leaves the status 0. */
static void post(void *context, const char *path, const uint8_t *body, int64_t size, tandem_reply *reply) {
  cloud *to = context;
  char url[MOST_ADDRESS_BYTES];
  long status = 0;
  curl_off_t wait = 0;
  int length = snprintf(url, sizeof url, "%s%s", to->address, path);
  if (length < 0 || length >= (int)sizeof url) return;
  to->size = 0;
  curl_easy_setopt(to->curl, CURLOPT_URL, url);
  curl_easy_setopt(to->curl, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(to->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
  CURLcode code = curl_easy_perform(to->curl);
  if (code != CURLE_OK) {
    fprintf(stderr, "%s: %s\n", url, curl_easy_strerror(code));
    return;
  }

  curl_easy_getinfo(to->curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(to->curl, CURLINFO_RETRY_AFTER, &wait);
  reply->status = (int32_t)status;
  reply->retry_after = (double)wait;
  reply->body = to->body;
  reply->size = (int64_t)to->size;
}

static int add_header(cloud *to, const char *name, const char *value) {
  char header[MOST_HEADER_BYTES];
  int length = snprintf(header, sizeof header, "%s%s", name, value);
  if (length < 0 || length >= (int)sizeof header || strpbrk(value, "\r\n")) return 0;
  struct curl_slist *longer = curl_slist_append(to->headers, header);
  if (longer) to->headers = longer;
  return longer != NULL;
}

static int open_cloud(cloud *to, const char *address) {
  const char *key = getenv("TANDEM_KEY"), *device = getenv("TANDEM_DEVICE");
  *to = (cloud){ .curl = curl_easy_init(), .address = address, .body = malloc(MOST_ANSWER_BYTES) };
  if (!to->curl || !to->body || !add_header(to, "Content-Type: ", "application/json")
      || !add_header(to, "Tandem-Device: ", device ? device : "c") || (key && !add_header(to, "Authorization: Bearer ", key))) {
    snprintf(error, sizeof error, "no memory, or TANDEM_KEY or TANDEM_DEVICE cannot stand in a header");
    return 0;
  }

  curl_easy_setopt(to->curl, CURLOPT_HTTPHEADER, to->headers);
  curl_easy_setopt(to->curl, CURLOPT_TIMEOUT_MS, 3000L);
  curl_easy_setopt(to->curl, CURLOPT_ACCEPT_ENCODING, ""); /* whatever this libcurl can decompress */
  curl_easy_setopt(to->curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(to->curl, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(to->curl, CURLOPT_WRITEDATA, to);
  return 1;
}

static void close_cloud(cloud *to) {
  curl_slist_free_all(to->headers);
  curl_easy_cleanup(to->curl);
  free(to->body);
}

/* A list where one is wanted, the ranking, and then the events: nobody waits for these. False where the ranking fails. */
static int answer(tandem_model model, tandem_session session, cloud *to) {
  int32_t left;
  tandem_status status = tandem_refresh(session, post, to, error, sizeof error);
  fprintf(stderr, "list: %s\n", status == TANDEM_OK ? "new" : error);
  if (!print_best(model, session)) return 0;
  fflush(stdout);
  status = tandem_send_events(session, post, to, &left, error, sizeof error);
  fprintf(stderr, "events: %d waiting%s%s\n", left, status == TANDEM_OK ? "" : ", ", status == TANDEM_OK ? "" : error);
  return 1;
}

static int follow_input(tandem_model model, tandem_session session, cloud *to) {
  char word[MOST_WORD_BYTES];
  while (fgets(word, sizeof word, stdin)) {
    char *words[] = { word };
    word[strcspn(word, "\r\n")] = 0;
    if (!observe_all(model, session, words, 1)) fprintf(stderr, "error: %s\n", error);
    else if (!answer(model, session, to)) return 0;
  }

  return 1;
}

int main(int argc, char **argv) {
  if (argc < 4) {
    snprintf(error, sizeof error, "usage: tandem-cloud URL BUNDLE OUTBOX [ITEM ...]");
    return fail();
  }

  cloud service;
  tandem_model model;
  tandem_session session;
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !open_cloud(&service, argv[1])
      || tandem_model_load(argv[2], &model, error, sizeof error) != TANDEM_OK
      || tandem_open_model(model, NULL, &session, error, sizeof error) != TANDEM_OK
      || tandem_open_outbox(session, argv[3], error, sizeof error) != TANDEM_OK
      || !observe_all(model, session, argv + 4, argc - 4) || !answer(model, session, &service)
      || !follow_input(model, session, &service) || tandem_close(session, error, sizeof error) != TANDEM_OK) {
    return fail();
  }

  close_cloud(&service);
  curl_global_cleanup();
  return tandem_model_free(model, error, sizeof error) == TANDEM_OK ? 0 : fail();
}
