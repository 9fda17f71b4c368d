/* What the files of this driver share: a request made ready, and what came of it. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include <cjose/cjose.h>

enum { kMaxKeys = 16, kMaxWords = 256 };

/* The answer: members to send, or the words of the refusal. */
struct result {
  json_t* members;
  bool unsupported;
  char words[kMaxWords];
};

/* A key, and the one algorithm that it may be used with. */
struct key {
  cjose_jwk_t* jwk;
  const char* alg; /* borrowed from the JWK's JSON, or static */
  const char* kid; /* borrowed from the JWK's JSON */
};

/* `request` is borrowed and outlives the job; `once` may be called any number of times. */
struct job {
  const json_t* request;
  struct key keys[kMaxKeys];
  int key_count;
  cjose_header_t* header;
  char* payload;
  bool (*once)(struct job* job, struct result* result);
};

/* Each reads the keys of job->request and sets job->once. */
bool prepare_jws_verify(struct job* job, struct result* result);
bool prepare_jws_sign(struct job* job, struct result* result);
bool prepare_wit_verify(struct job* job, struct result* result);
bool prepare_wit_wpt_verify(struct job* job, struct result* result);
bool prepare_wit_issue(struct job* job, struct result* result);
bool prepare_wpt_issue(struct job* job, struct result* result);
void release_job(struct job* job);

bool run_bench(struct job* job, double seconds, struct result* result);

/* keys.c. Keys that a set has of other kinds than this library's are left out. */
bool import_key(const json_t* jwk, struct key* key, struct result* result);
bool import_own_key(struct job* job, struct result* result);
bool import_key_set(struct job* job, struct result* result);
const struct key* find_key(const struct job* job, const char* kid);

/* text.c */
const char* text_of(const json_t* object, const char* name); /* "" if there is none */
bool refuse(struct result* result, const char* format, ...) __attribute__((format(printf, 2, 3)));
bool refuse_as_caller(struct result* result, const char* words); /* left to us by libcjose */
bool refuse_cjose(struct result* result, const char* what, const cjose_err* err);
bool media_type_is(const char* found, const char* wanted);
char* hash_of(const char* token); /* base64url of SHA-256; free() it */

/* jws.c. A JWS is imported once; its header then tells which key to verify it with. */
struct verified {
  json_t* header;
  json_t* payload;
};
cjose_jws_t* import_jws(const char* token, struct result* result);
bool verify_imported(cjose_jws_t* jws, const struct key* key, struct verified* verified,
                     struct result* result);
bool verify_compact(const char* token, const struct key* key, struct verified* verified,
                    struct result* result);
void release_verified(struct verified* verified);
bool sign_compact(const struct key* key, cjose_header_t* header, const char* payload,
                  struct result* result);
