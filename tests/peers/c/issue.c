#include "job.h"

#include <stdlib.h>

static bool prepare_header(struct job *job, const char *type, struct result *result)
{
    cjose_err err = {0};
    const char *kid = text_of(job->request, "kid");
    job->header = cjose_header_new(&err);
    bool good = job->header &&
                cjose_header_set(job->header, CJOSE_HDR_ALG, job->keys[0].alg, &err) &&
                cjose_header_set(job->header, "typ", type, &err) &&
                (!*kid || cjose_header_set(job->header, CJOSE_HDR_KID, kid, &err));
    return good || refuse_cjose(result, "cjose_header_set", &err);
}

static bool issue_wit_once(struct job *job, struct result *result)
{
    return sign_compact(&job->keys[0], job->header, job->payload, result);
}

bool prepare_wit_issue(struct job *job, struct result *result)
{
    job->once = issue_wit_once;
    job->payload = json_dumps(json_object_get(job->request, "claims"), JSON_COMPACT);
    return import_own_key(job, result) && prepare_header(job, "wit+jwt", result) &&
           (job->payload || refuse(result, "no claims"));
}

static bool issue_wpt_once(struct job *job, struct result *result)
{
    char *hash = hash_of(text_of(job->request, "wit"));
    json_t *claims = json_pack("{s:s, s:O, s:s, s:s}", "aud", text_of(job->request, "aud"), "exp",
                               json_object_get(job->request, "exp"), "jti",
                               text_of(job->request, "jti"), "wth", hash ? hash : "");
    free(hash);
    char *payload = claims ? json_dumps(claims, JSON_COMPACT) : NULL;
    json_decref(claims);
    bool good = payload ? sign_compact(&job->keys[0], job->header, payload, result)
                        : refuse(result, "claims");
    free(payload);
    return good;
}

bool prepare_wpt_issue(struct job *job, struct result *result)
{
    job->once = issue_wpt_once;
    return import_own_key(job, result) && prepare_header(job, "wpt+jwt", result);
}
