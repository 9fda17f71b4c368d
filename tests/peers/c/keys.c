#include "job.h"

#include <stdlib.h>
#include <string.h>

static const char *const kAlgorithms[] = {"ES256", "ES384", "ES512", "PS256", "PS384",
                                          "PS512", "RS256", "RS384", "RS512"};

/* The key decides on the algorithm, not the token: libcjose takes that of the header. */
static const char *algorithm_of(const json_t *jwk)
{
    const char *alg = text_of(jwk, "alg");
    const char *crv = text_of(jwk, "crv");
    if (*alg)
        return alg;
    if (strcmp(crv, "Ed25519") == 0)
        return "EdDSA";
    if (strcmp(crv, "P-256") == 0)
        return "ES256";
    if (strcmp(crv, "P-384") == 0)
        return "ES384";
    return strcmp(crv, "P-521") == 0 ? "ES512" : "";
}

/* What no key of the protocol is for, as HS256, is refused; other signatures are not there. */
static bool refuse_algorithm(const char *alg, struct result *result)
{
    static const char *const kMissing[] = {"EdDSA", "Ed25519", "Ed448", "ES256K"};
    for (size_t i = 0; i < sizeof kMissing / sizeof kMissing[0]; ++i)
        if (strcmp(kMissing[i], alg) == 0)
            result->unsupported = true;
    return result->unsupported ? refuse(result, "no algorithm %s", alg)
                               : refuse(result, "driver: algorithm \"%s\"", alg);
}

bool import_key(const json_t *jwk, struct key *key, struct result *result)
{
    const char *alg = algorithm_of(jwk);
    bool known = false;
    for (size_t i = 0; i < sizeof kAlgorithms / sizeof kAlgorithms[0]; ++i)
        known = known || strcmp(kAlgorithms[i], alg) == 0;
    if (!known)
        return refuse_algorithm(alg, result);
    cjose_err err = {0};
    key->alg = alg;
    key->kid = text_of(jwk, "kid");
    char *text = json_dumps(jwk, JSON_COMPACT);
    key->jwk = text ? cjose_jwk_import(text, strlen(text), &err) : NULL;
    free(text);
    return key->jwk || refuse_cjose(result, "cjose_jwk_import", &err);
}

bool import_own_key(struct job *job, struct result *result)
{
    if (!import_key(json_object_get(job->request, "jwk"), &job->keys[0], result))
        return false;
    job->key_count = 1;
    return true;
}

bool import_key_set(struct job *job, struct result *result)
{
    const json_t *keys = json_object_get(json_object_get(job->request, "jwks"), "keys");
    size_t index;
    json_t *jwk;
    json_array_foreach(keys, index, jwk)
    {
        if (job->key_count < kMaxKeys &&
            import_key(jwk, &job->keys[job->key_count], result))
            ++job->key_count;
    }
    if (job->key_count == 0)
        return *result->words ? false : refuse(result, "no keys");
    memset(result, 0, sizeof *result);
    return true;
}

const struct key *find_key(const struct job *job, const char *kid)
{
    for (int i = 0; i < job->key_count; ++i)
        if (*kid && strcmp(job->keys[i].kid, kid) == 0)
            return &job->keys[i];
    return NULL;
}

void release_job(struct job *job)
{
    for (int i = 0; i < job->key_count; ++i)
        cjose_jwk_release(job->keys[i].jwk);
    cjose_header_release(job->header);
    free(job->payload);
}
