/*
 * Tandem's device runtime for C and for whatever calls C. One session is one user on one device: it takes in events, holds the cloud's
 * last list, and ranks.
 *
 * Results. Every call but tandem_version answers with a tandem_status. Its last two parameters are a buffer for a text that says
 * what was wrong and what to do, in UTF-8, cut off where it does not fit, always with its NUL, empty after TANDEM_OK. The buffer may be
 * NULL or its size 0. 256 bytes hold nearly every text.
 *
 * Handles. A handle is a number and is never given twice. A handle that is closed or was never given is answered with
 * TANDEM_BAD_HANDLE. Pointers and lengths cannot be checked: what they name must be readable or writable for the time of the call.
 * Nothing that a caller passes is kept.
 *
 * Threads. Any thread may call any function at any time, also with the same session: calls on one session follow one another, and
 * each sees what those before it did. A session that is closed during a call of another thread lives until that call ends.
 *
 * Processes. Fork before the first call, not after it: the runtime's threads do not follow into a child.
 */
#ifndef TANDEM_H
#define TANDEM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define TANDEM_API __declspec(dllimport)
#else
#define TANDEM_API
#endif

/* Major, minor and patch of the library that this header belongs to, a byte each. */
#define TANDEM_VERSION 0x000100u

/* For tandem_observe: the event happens now. */
#define TANDEM_NOW INT64_MIN

/* What a call came to. */
typedef int32_t tandem_status;
enum {
  TANDEM_OK = 0,
  TANDEM_BAD_ARGUMENT = 1, /* an argument that no state of the session could make right */
  TANDEM_BAD_HANDLE = 2,   /* no open session has this handle */
  TANDEM_REFUSED = 3,      /* a bundle or a list was refused; what served before still serves */
  TANDEM_NOTHING = 4,      /* there was nothing to do it to */
  TANDEM_FAILED = 5        /* a fault of the library or the machine, such as memory that ran out */
};

/* Whose scores rank. Without a list, or with every item of it consumed, all modes are TANDEM_DEVICE. */
typedef int32_t tandem_mode;
enum {
  TANDEM_FUSED = 0,  /* the list, by cloud and device together */
  TANDEM_RERANK = 1, /* the list, by the device's scores */
  TANDEM_CLOUD = 2,  /* the list, by the cloud's scores */
  TANDEM_DEVICE = 3  /* the whole catalogue, by the device's scores; no list needed */
};

/* A session's handle. 0 is none. */
typedef uint64_t tandem_session;

/* A ranked item. */
typedef struct tandem_item {
  int32_t item;       /* item id, 1 to V */
  float score;        /* what ranked it; comparable within one answer only */
  float cloud_score;  /* its log-probability on the cloud's list; NaN for an item that is not on it */
  float device_score; /* the device model's logit */
} tandem_item;

/* How a session works. Start from TANDEM_OPTIONS_DEFAULT; later versions add members at the end. */
typedef struct tandem_options {
  uint32_t size;         /* sizeof(tandem_options) */
  float cloud_share;     /* share of the cloud's scores in TANDEM_FUSED, 0 to 1 */
  int32_t history_limit; /* most events that are kept, 1 to 1,000,000; the model's window where that is longer */
  int32_t keep_consumed; /* not 0 where people return to items: consumed ones are then recommended too */
} tandem_options;

#define TANDEM_OPTIONS_DEFAULT { sizeof(tandem_options), 0.5f, 1000, 0 }

/* The library's TANDEM_VERSION. Another major version than the header's is another interface. */
TANDEM_API uint32_t tandem_version(void);

/*
 * Opens a session without events.
 *   bundle    folder of manifest.json and model.safetensors; UTF-8
 *   options   NULL for TANDEM_OPTIONS_DEFAULT
 *   session   receives the handle, 0 where there is none
 * TANDEM_REFUSED: the folder holds no whole bundle that this library can run.
 */
TANDEM_API tandem_status tandem_open(const char *bundle, const tandem_options *options, tandem_session *session,
                                     char *error, int32_t error_size);

/* Closes a session and gives back its memory. */
TANDEM_API tandem_status tandem_close(tandem_session session, char *error, int32_t error_size);

/*
 * Takes in an event. Takes microseconds; the ranking that follows does the work.
 *   item           1 to V
 *   unix_seconds   when it happened; TANDEM_NOW for now. Only models that use times read it
 */
TANDEM_API tandem_status tandem_observe(tandem_session session, int32_t item, int64_t unix_seconds, char *error, int32_t error_size);

/* Takes back the newest event, as if it had never been. TANDEM_NOTHING: no event is kept. */
TANDEM_API tandem_status tandem_undo(tandem_session session, char *error, int32_t error_size);

/*
 * Ranks.
 *   k                most items that are wanted, 0 or more
 *   mode             whose scores rank
 *   excluded         [excluded_count] item ids to leave out, in any order; NULL where there are none
 *   items            [k] receives the best items, best first
 *   count            receives how many were written: fewer than k where list or catalogue are exhausted
 */
TANDEM_API tandem_status tandem_recommend(tandem_session session, int32_t k, tandem_mode mode,
                                          const int32_t *excluded, int32_t excluded_count,
                                          tandem_item *items, int32_t *count, char *error, int32_t error_size);

/*
 * Takes in the cloud's list in the place of the last one.
 *   items             [count] item ids, distinct, best first; at most 10,000
 *   scores            [count] log-probabilities, natural logarithm, finite, never rising
 *   history_length    events that the cloud had seen when it made the list; the difference from now is the list's age
 *   catalog_version   names the numbering of the items; UTF-8
 *   model_version     of the cloud's model, opaque; UTF-8
 * TANDEM_REFUSED: the list is at fault or of another numbering than the bundle.
 */
TANDEM_API tandem_status tandem_accept_list(tandem_session session, const int32_t *items, const float *scores, int32_t count,
                                            int32_t history_length, const char *catalog_version, const char *model_version,
                                            char *error, int32_t error_size);

/*
 * Puts another model in place; events and list stay.
 *   bundle   folder of a bundle of the same item numbering; UTF-8
 * TANDEM_REFUSED: the bundle is at fault or of another numbering.
 */
TANDEM_API tandem_status tandem_swap(tandem_session session, const char *bundle, char *error, int32_t error_size);

#ifdef __cplusplus
}
#endif

#endif
