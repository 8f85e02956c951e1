/*
 * Tandem's device runtime for C and for whatever calls C. One session is one user on one device: it takes in events, holds the cloud's
 * last list, and ranks.
 *
 * Results. Every call but tandem_version answers with a tandem_status. Its last two parameters are a buffer for a text that says
 * what was wrong and what to do, in UTF-8, cut off where it does not fit, always with its NUL, empty after TANDEM_OK. The buffer may be
 * NULL or its size 0. 256 bytes hold nearly every text.
 *
 * Handles. A handle is a number and is never given twice, whether of a session or of a model. A handle that is closed or was never
 * given is answered with TANDEM_BAD_HANDLE. Pointers and lengths cannot be checked: what they name must be readable or writable for the
 * time of the call. Nothing that a caller passes is kept.
 *
 * Structures. tandem_options, tandem_info and tandem_explanation may have more members in later versions, always at the end. A size says
 * which of them the caller's header knows: the library reads and writes nothing beyond it, and leaves members alone that it does not know
 * itself. Structures of which there are arrays never change.
 *
 * Threads. Any thread may call any function at any time, also with the same session: calls on one session follow one another, and
 * each sees what those before it did. tandem_close waits for the calls on its session that are under way, tandem_learn excepted; a call
 * that comes later, and a tandem_learn that was overtaken, is answered with TANDEM_BAD_HANDLE.
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

/* For tandem_observe and tandem_observe_value: the event happens now. */
#define TANDEM_NOW INT64_MIN

/* What a call came to. */
typedef int32_t tandem_status;
enum {
  TANDEM_OK = 0,
  TANDEM_BAD_ARGUMENT = 1, /* an argument that no state of the session could make right */
  TANDEM_BAD_HANDLE = 2,   /* no open session, or no loaded model, has this handle */
  TANDEM_REFUSED = 3,      /* a bundle, list, packet, snapshot or log was refused; what served before serves */
  TANDEM_NOTHING = 4,      /* there was nothing to do it to, or what was done is not worth keeping */
  TANDEM_FAILED = 5,       /* a fault of the library or the machine, such as memory that ran out */
  TANDEM_TOO_SMALL = 6,    /* the buffer does not hold the answer; nothing was written but how much is needed */
  TANDEM_UNANSWERED = 7    /* the cloud gave no answer of use: no connection, a refusal, or it asked to wait; what served before serves */
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

/* The handle of a model that sessions share. 0 is none. */
typedef uint64_t tandem_model;

/* A ranked item. */
typedef struct tandem_item {
  int32_t item;       /* item id, 1 to V */
  float score;        /* what ranked it; comparable within one answer only. A share of all events where both scores below are NaN: nothing is
                         known of the user yet, and the item is there for its popularity */
  float cloud_score;  /* its log-probability on the cloud's list; NaN for an item that is not on it */
  float device_score; /* the device's score: the model's logit, and what counts of successors add to it */
} tandem_item;

/* A past event beside an item that is explained. */
typedef struct tandem_event {
  int32_t item;     /* item id of the event */
  int32_t age;      /* events since: 0 for the newest */
  float similarity; /* cosine of the two items' embeddings, -1 to 1 */
} tandem_event;

/* A past event that an explained item tends to follow, by the bundle's counts of successors. */
typedef struct tandem_followed {
  int32_t item; /* item id of the event */
  int32_t age;  /* events since: 0 for the newest */
  float share;  /* of the item's counts, above 0, at most 1; the shares of all events that were read add up to 1 */
} tandem_followed;

/* Why an item stands where it stands. The size given to tandem_explain_sized says which members the caller knows. */
typedef struct tandem_explanation {
  float cloud_score;     /* its log-probability on the cloud's list; NaN for an item that is not on it */
  float device_score;    /* the device's score, counts of successors and contents included; NaN where the item's row is not held */
  float cloud_share;     /* how much of its distance from the middle of the list is the cloud's doing, 0 to 1 */
  float device_share;    /* 1 less the cloud's share */
  int32_t event_count;   /* of the events, 0 to 3 */
  tandem_event events[3]; /* the user's events whose items are most like it, nearest first */
  /* From here on written by tandem_explain_sized alone. */
  float successor_score;  /* how much of the device's score comes from counts of successors; 0 where the bundle holds none */
  int32_t followed_count; /* of the followed, 0 to 3 */
  tandem_followed followed[3]; /* the user's events that it tends to follow, the greatest share first */
  float content_score;   /* how much of the device's score comes from what the item is like; NaN where its row is not held */
} tandem_explanation;

/* How a session works. Start from TANDEM_OPTIONS_DEFAULT. */
typedef struct tandem_options {
  uint32_t size;         /* sizeof(tandem_options) */
  float cloud_share;     /* share of the cloud's scores in TANDEM_FUSED, 0 to 1; -1 for what the bundle says, and where it says nothing 0.5 */
  int32_t history_limit; /* most events that are kept, 1 to 1,000,000; the model's window, or what its counts read, where that is longer */
  int32_t keep_consumed; /* not 0 where people return to items: consumed ones are then recommended too */
} tandem_options;

#define TANDEM_OPTIONS_DEFAULT { sizeof(tandem_options), -1.0f, 1000, 0 }

/* What a session holds. */
typedef struct tandem_info {
  uint32_t size;            /* sizeof(tandem_info), set by the caller before the call */
  int32_t items;            /* V: item ids run from 1 to it */
  int64_t event_count;      /* events observed and not taken back, kept or not */
  int32_t kept_events;      /* how many of them are kept */
  int32_t list_age;         /* events observed since the cloud made the list; 0 without a list */
  int64_t session_bytes;    /* memory of this user beside the model */
  int64_t events_set_aside; /* events that a damaged log held and the session does without; 0 without a log */
} tandem_info;

/* What a server answered to a POST. Set to zeros before a tandem_post gets it; a status of 0 stays where nobody answered in time. */
typedef struct tandem_reply {
  int32_t status;      /* of HTTP, such as 200 */
  double retry_after;  /* seconds of the header Retry-After; 0 without it */
  const uint8_t *body; /* [size] the program's, decompressed; left alone until the call that brought it returns or posts again */
  int64_t size;
} tandem_reply;

/*
 * A program's own HTTP: posts JSON to the cloud service and waits for the answer. It is called on the thread of tandem_refresh or
 * tandem_send_events, returns once, and closes no session that is being called. With the body go the headers
 * Content-Type: application/json, Tandem-Device: ID and Authorization: Bearer KEY. A deadline of some seconds and no redirects are what
 * other clients of the service have.
 *   context   as it was given to the call
 *   path      below the service's address, /v1/candidates or /v1/events
 *   body      [size] bytes of JSON, readable during this call
 *   reply     receives the answer
 */
typedef void (*tandem_post)(void *context, const char *path, const uint8_t *body, int64_t size, tandem_reply *reply);

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

/*
 * Opens a session whose events are in a file, or begins one: each event is with the operating system before tandem_observe returns, so
 * that a process which is killed loses none.
 *   log   a file in an existing folder; one process at a time has it open; UTF-8
 * TANDEM_REFUSED: the bundle or the log is at fault; a refused log is left as it is.
 */
TANDEM_API tandem_status tandem_open_logged(const char *bundle, const char *log, const tandem_options *options, tandem_session *session,
                                            char *error, int32_t error_size);

/*
 * Loads a bundle for any number of sessions: its weights are then in memory once.
 *   bundle   folder of manifest.json and model.safetensors; UTF-8
 *   model    receives the handle, 0 where there is none
 * TANDEM_REFUSED: the folder holds no whole bundle that this library can run.
 */
TANDEM_API tandem_status tandem_model_load(const char *bundle, tandem_model *model, char *error, int32_t error_size);

/* Gives back a model's handle. Its sessions go on; its memory is given back when the last of them is closed. */
TANDEM_API tandem_status tandem_model_free(tandem_model model, char *error, int32_t error_size);

/*
 * The id of the item that has a key, where the bundle holds what an app calls its items (keys.safetensors).
 *   key    such as a product number; UTF-8, compared byte by byte
 *   item   receives the id, 1 to V; 0 where no item has the key
 * TANDEM_NOTHING: the bundle holds no keys.
 */
TANDEM_API tandem_status tandem_find_item(tandem_model model, const char *key, int32_t *item, char *error, int32_t error_size);

/*
 * The key of an item, as UTF-8 with its NUL.
 *   item     1 to V
 *   buffer   [size] receives it, or NULL to ask how long it is
 *   needed   receives its bytes, the NUL among them
 * TANDEM_NOTHING: the bundle holds no keys. TANDEM_TOO_SMALL: the buffer is too small.
 */
TANDEM_API tandem_status tandem_item_key(tandem_model model, int32_t item, char *buffer, int32_t size, int32_t *needed,
                                         char *error, int32_t error_size);

/* tandem_open with a model that is loaded. */
TANDEM_API tandem_status tandem_open_model(tandem_model model, const tandem_options *options, tandem_session *session,
                                           char *error, int32_t error_size);

/* tandem_open_logged with a model that is loaded. TANDEM_REFUSED: the log is at fault, and is left as it is. */
TANDEM_API tandem_status tandem_open_model_logged(tandem_model model, const char *log, const tandem_options *options,
                                                  tandem_session *session, char *error, int32_t error_size);

/*
 * Closes a session, flushes its log and gives back its memory. Waits for the calls on it that are under way, tandem_learn excepted. The
 * handle is gone whatever the answer; TANDEM_FAILED: the log could not be flushed.
 */
TANDEM_API tandem_status tandem_close(tandem_session session, char *error, int32_t error_size);

/*
 * Takes in an event. Takes microseconds; the ranking that follows does the work.
 *   item           1 to V
 *   unix_seconds   when it happened; TANDEM_NOW for now. Only models that use times read it
 */
TANDEM_API tandem_status tandem_observe(tandem_session session, int32_t item, int64_t unix_seconds, char *error, int32_t error_size);

/*
 * Takes in an event of which it is known how strong it was; tandem_observe is this with value 1.
 *   value   a rating, dwell or another strength, on the scale that the model was trained on, 0 or negative for a skip; -65504 to 65504,
 *           rounded to float16. Only models that were trained with values read it
 */
TANDEM_API tandem_status tandem_observe_value(tandem_session session, int32_t item, int64_t unix_seconds, float value,
                                              char *error, int32_t error_size);

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
 *   slice             [slice_size] bytes of the item rows that came with the list; NULL where none came. A bundle without an item table
 *                     needs them
 * TANDEM_REFUSED: the list is at fault or of another numbering than the bundle.
 */
TANDEM_API tandem_status tandem_accept_list(tandem_session session, const int32_t *items, const float *scores, int32_t count,
                                            int32_t history_length, const char *catalog_version, const char *model_version,
                                            const uint8_t *slice, int32_t slice_size, char *error, int32_t error_size);

/*
 * Whether a new list is worth a call to the cloud: what the bundle's rules say of the present ranking. Without a list, or with every item
 * of it consumed, it is; a bundle without rules asks then only.
 *   ask   receives 1 where it is, else 0
 */
TANDEM_API tandem_status tandem_should_ask(tandem_session session, int32_t *ask, char *error, int32_t error_size);

/*
 * Asks the cloud service for a list where tandem_should_ask would say so, and takes it in. Other threads are served meanwhile.
 *   post      the program's HTTP
 *   context   for it
 * TANDEM_NOTHING: no call was made, the text says why. TANDEM_UNANSWERED: no list came. TANDEM_REFUSED: the list is at fault. The last good
 * list serves on after all of these.
 */
TANDEM_API tandem_status tandem_refresh(tandem_session session, tandem_post post, void *context, char *error, int32_t error_size);

/*
 * Opens an outbox, in which every event that is observed from now on is until the cloud has it. It is closed with the session.
 *   file   in an existing folder, for this user and catalogue alone; one process at a time has it open; UTF-8
 * TANDEM_REFUSED: the file is at fault, and is left as it is.
 */
TANDEM_API tandem_status tandem_open_outbox(tandem_session session, const char *file, char *error, int32_t error_size);

/*
 * Sends the outbox's events to the cloud service, each of which counts once, however often it is sent. Other threads are served meanwhile.
 *   post      the program's HTTP
 *   context   for it
 *   left      receives how many wait now
 * TANDEM_NOTHING: the session has no outbox. TANDEM_UNANSWERED: not all are sent; call again later.
 */
TANDEM_API tandem_status tandem_send_events(tandem_session session, tandem_post post, void *context, int32_t *left,
                                            char *error, int32_t error_size);

/*
 * Puts another model in place; events and list stay.
 *   bundle   folder of a bundle of the same item numbering; UTF-8
 * TANDEM_REFUSED: the bundle is at fault or of another numbering.
 */
TANDEM_API tandem_status tandem_swap(tandem_session session, const char *bundle, char *error, int32_t error_size);

/* tandem_swap with a model that is loaded. TANDEM_REFUSED: it is of another numbering. */
TANDEM_API tandem_status tandem_swap_model(tandem_session session, tandem_model model, char *error, int32_t error_size);

/*
 * What a session holds. Each member is right at a moment of the call, which is not the same for all where other threads observe meanwhile.
 *   info   receives it; its size is set by the caller
 */
TANDEM_API tandem_status tandem_get_info(tandem_session session, tandem_info *info, char *error, int32_t error_size);

/*
 * The version of the session's catalogue, which names the numbering of the items, as UTF-8 with its NUL.
 *   buffer   [size] receives it, or NULL to ask how long it is
 *   needed   receives its bytes, the NUL among them
 * TANDEM_TOO_SMALL: the buffer is too small.
 */
TANDEM_API tandem_status tandem_catalog_version(tandem_session session, char *buffer, int32_t size, int32_t *needed,
                                                char *error, int32_t error_size);

/* The version of the model that serves the session now, in the same way. */
TANDEM_API tandem_status tandem_model_version(tandem_session session, char *buffer, int32_t size, int32_t *needed,
                                              char *error, int32_t error_size);

/*
 * Why an item stands where it stands, by the members of tandem_explanation up to events: programs compiled before there were more have
 * memory for these alone.
 *   item          1 to V, on the list or not
 *   explanation   receives it
 */
TANDEM_API tandem_status tandem_explain(tandem_session session, int32_t item, tandem_explanation *explanation,
                                        char *error, int32_t error_size);

/*
 * The same by as many members as the caller knows.
 *   size   sizeof(tandem_explanation)
 */
TANDEM_API tandem_status tandem_explain_sized(tandem_session session, int32_t item, tandem_explanation *explanation, uint32_t size,
                                              char *error, int32_t error_size);

/*
 * Puts weights that were made for this user in the place of those shipped. A packet that says how long it is valid gives way to these before
 * the next call behind its end.
 *   packet   [size] bytes of a parameter packet: full weights, cores, codes or plans of precision
 * TANDEM_REFUSED: it is damaged, expired, belongs to another model or other factors, or changes more than the bundle allows.
 */
TANDEM_API tandem_status tandem_apply(tandem_session session, const uint8_t *packet, int32_t size, char *error, int32_t error_size);

/*
 * Lets go of a packet's weights, and of what was learned on them: those shipped serve again.
 * TANDEM_NOTHING: no packet's weights served.
 */
TANDEM_API tandem_status tandem_drop_parameters(tandem_session session, char *error, int32_t error_size);

/*
 * Learns from the user's own events, on the device. Other threads are served meanwhile.
 *   most_millis   after which no further step begins, 1 or more
 * TANDEM_NOTHING: nothing was learned that makes the newest events more likely, so nothing changed; the text says more.
 */
TANDEM_API tandem_status tandem_learn(tandem_session session, int32_t most_millis, char *error, int32_t error_size);

/* Lets go of what was learned. */
TANDEM_API tandem_status tandem_unlearn(tandem_session session, char *error, int32_t error_size);

/*
 * All that the user has here, as bytes to keep.
 *   buffer   [size] receives them, or NULL to ask how many they are
 *   needed   receives how many they are; an event that comes between two calls may add some
 * TANDEM_TOO_SMALL: the buffer is too small.
 */
TANDEM_API tandem_status tandem_snapshot(tandem_session session, uint8_t *buffer, int64_t size, int64_t *needed,
                                         char *error, int32_t error_size);

/*
 * Takes the place of all that the session has by what a snapshot holds; it then goes on bit for bit.
 * A snapshot of another model of the same catalogue gives its events, and the list where this model holds its item table.
 * TANDEM_REFUSED: the snapshot is torn, damaged, or of another catalogue than serves here; nothing changed.
 */
TANDEM_API tandem_status tandem_restore(tandem_session session, const uint8_t *snapshot, int32_t size, char *error, int32_t error_size);

#ifdef __cplusplus
}
#endif

#endif
