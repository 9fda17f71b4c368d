#include "job.h"

#include <stdlib.h>
#include <string.h>

/* A cjose_header_t is a jansson object, as <cjose/header.h> says of its raw values. */
static json_t *header_copy(cjose_jws_t *jws)
{
    return json_deep_copy((const json_t *)cjose_jws_get_protected(jws));
}

bool verify_imported(cjose_jws_t *jws, const struct key *key, struct verified *verified,
                     struct result *result)
{
    cjose_err err = {0};
    const char *alg = cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_ALG, &err);
    if (!alg || strcmp(alg, key->alg) != 0)
        return refuse_as_caller(result, "alg is not that of the key");
    if (!cjose_jws_verify(jws, key->jwk, &err))
        return refuse_cjose(result, "cjose_jws_verify", &err);
    uint8_t *payload = NULL; /* borrowed from jws */
    size_t length = 0;
    if (!cjose_jws_get_plaintext(jws, &payload, &length, &err))
        return refuse_cjose(result, "cjose_jws_get_plaintext", &err);
    json_error_t error;
    verified->payload =
        json_loadb((const char *)payload, length, JSON_REJECT_DUPLICATES, &error);
    if (!verified->payload)
        return refuse_as_caller(result, error.text);
    verified->header = header_copy(jws);
    return true;
}

cjose_jws_t *import_jws(const char *token, struct result *result)
{
    cjose_err err = {0};
    cjose_jws_t *jws = cjose_jws_import(token, strlen(token), &err);
    if (!jws)
        refuse_cjose(result, "cjose_jws_import", &err);
    return jws;
}

bool verify_compact(const char *token, const struct key *key, struct verified *verified,
                    struct result *result)
{
    cjose_jws_t *jws = import_jws(token, result);
    bool good = jws && verify_imported(jws, key, verified, result);
    cjose_jws_release(jws);
    return good;
}

void release_verified(struct verified *verified)
{
    json_decref(verified->header);
    json_decref(verified->payload);
    memset(verified, 0, sizeof *verified);
}

bool sign_compact(const struct key *key, cjose_header_t *header, const char *payload,
                  struct result *result)
{
    cjose_err err = {0};
    cjose_jws_t *jws =
        cjose_jws_sign(key->jwk, header, (const uint8_t *)payload, strlen(payload), &err);
    if (!jws)
        return refuse_cjose(result, "cjose_jws_sign", &err);
    const char *token = NULL; /* borrowed from jws */
    bool good = cjose_jws_export(jws, &token, &err);
    if (good)
        result->members = json_pack("{s:s}", "token", token);
    else
        refuse_cjose(result, "cjose_jws_export", &err);
    cjose_jws_release(jws);
    return good;
}

static bool verify_once(struct job *job, struct result *result)
{
    struct verified verified = {0};
    if (!verify_compact(text_of(job->request, "token"), &job->keys[0], &verified, result))
        return false;
    result->members =
        json_pack("{s:O, s:O}", "header", verified.header, "payload", verified.payload);
    release_verified(&verified);
    return true;
}

bool prepare_jws_verify(struct job *job, struct result *result)
{
    job->once = verify_once;
    return import_own_key(job, result);
}

static bool sign_once(struct job *job, struct result *result)
{
    return sign_compact(&job->keys[0], job->header, job->payload, result);
}

/* The raw form is for objects and lists alone. */
static bool set_member(cjose_header_t *header, const char *name, const json_t *value,
                       cjose_err *err)
{
    if (json_is_string(value))
        return cjose_header_set(header, name, json_string_value(value), err);
    char *raw = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    bool set = raw && cjose_header_set_raw(header, name, raw, err);
    free(raw);
    return set;
}

bool prepare_jws_sign(struct job *job, struct result *result)
{
    job->once = sign_once;
    if (!import_own_key(job, result))
        return false;
    cjose_err err = {0};
    job->header = cjose_header_new(&err);
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(job->request, "header"), name, value)
    {
        if (!set_member(job->header, name, value, &err))
            return refuse_cjose(result, "cjose_header_set", &err);
    }
    if (!cjose_header_get(job->header, CJOSE_HDR_ALG, &err) &&
        !cjose_header_set(job->header, CJOSE_HDR_ALG, job->keys[0].alg, &err))
        return refuse_cjose(result, "cjose_header_set", &err);
    job->payload = json_dumps(json_object_get(job->request, "payload"), JSON_COMPACT);
    return job->payload || refuse(result, "no payload");
}
