#include "job.h"

#include <stdlib.h>
#include <string.h>

static bool verify_by_kid(struct job *job, cjose_jws_t *jws, struct verified *wit,
                          struct result *result)
{
    cjose_err err = {0};
    const char *kid = cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_KID, &err);
    const struct key *key = find_key(job, kid ? kid : "");
    if (!key)
        return refuse_as_caller(result, "no such key");
    return verify_imported(jws, key, wit, result);
}

static bool check_token(const struct job *job, const struct verified *verified, const char *type,
                        struct result *result)
{
    const json_t *exp = json_object_get(verified->payload, "exp");
    double now = json_number_value(json_object_get(job->request, "now"));
    if (!media_type_is(text_of(verified->header, "typ"), type))
        return refuse_as_caller(result, "typ");
    if (!json_is_number(exp))
        return refuse_as_caller(result, "no exp");
    return json_number_value(exp) > now || refuse_as_caller(result, "expired");
}

static bool check_wit(struct job *job, const char *token, struct verified *wit,
                      struct result *result)
{
    cjose_jws_t *jws = import_jws(token, result);
    bool good = jws && verify_by_kid(job, jws, wit, result) &&
                check_token(job, wit, "wit+jwt", result);
    cjose_jws_release(jws);
    return good;
}

static bool wit_once(struct job *job, struct result *result)
{
    struct verified wit = {0};
    bool good = check_wit(job, text_of(job->request, "token"), &wit, result);
    if (good)
        result->members = json_pack("{s:O}", "claims", wit.payload);
    release_verified(&wit);
    return good;
}

bool prepare_wit_verify(struct job *job, struct result *result)
{
    job->once = wit_once;
    return import_key_set(job, result);
}

/* RFC 7519 section 4.1.3: one string, or a list of them. */
static bool audience_is(const json_t *aud, const char *wanted)
{
    size_t index;
    json_t *one;
    if (json_is_string(aud))
        return strcmp(json_string_value(aud), wanted) == 0;
    json_array_foreach(aud, index, one)
    {
        if (json_is_string(one) && strcmp(json_string_value(one), wanted) == 0)
            return true;
    }
    return false;
}

static bool check_claims(const struct job *job, const json_t *claims, struct result *result)
{
    if (!audience_is(json_object_get(claims, "aud"), text_of(job->request, "aud")))
        return refuse_as_caller(result, "aud");
    char *hash = hash_of(text_of(job->request, "wit"));
    bool good = hash && strcmp(text_of(claims, "wth"), hash) == 0;
    free(hash);
    return good || refuse_as_caller(result, "wth is not the hash of the WIT");
}

static bool check_proof(struct job *job, const json_t *wit, struct result *result)
{
    struct key key = {0};
    struct verified wpt = {0};
    const json_t *jwk = json_object_get(json_object_get(wit, "cnf"), "jwk");
    if (!import_key(jwk, &key, result))
        return false;
    bool good = verify_compact(text_of(job->request, "wpt"), &key, &wpt, result) &&
                check_token(job, &wpt, "wpt+jwt", result) &&
                check_claims(job, wpt.payload, result);
    if (good)
        result->members = json_pack("{s:O}", "claims", wpt.payload);
    release_verified(&wpt);
    cjose_jwk_release(key.jwk);
    return good;
}

static bool wit_wpt_once(struct job *job, struct result *result)
{
    struct verified wit = {0};
    bool good = check_wit(job, text_of(job->request, "wit"), &wit, result) &&
                check_proof(job, wit.payload, result);
    release_verified(&wit);
    return good;
}

bool prepare_wit_wpt_verify(struct job *job, struct result *result)
{
    job->once = wit_wpt_once;
    return import_key_set(job, result);
}
