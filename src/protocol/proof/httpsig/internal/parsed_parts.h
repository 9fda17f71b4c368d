// What one signature base needs parsed of its message, each part once: a list of components may ask
// for the same large field or query many times, and each time would cost a whole parse.
//
// Floor 6. Not thread-safe. Borrows from the message.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/result.h"
#include "protocol/codec/sfv.h"
#include "protocol/http/message.h"
#include "protocol/proof/httpsig/internal/form_urlencoded.h"

namespace signet::proof::httpsig {

class ParsedParts {
 public:
  // `parse` is called the first time that this field is asked for.
  template <typename Parse>
  const Result<codec::sfv::Dictionary>& DictionaryOf(const http::Fields& fields,
                                                     const std::string& name, Parse parse) {
    const auto key = std::pair(&fields, name);
    const auto known = dictionaries_.find(key);
    if (known != dictionaries_.end()) return known->second;
    return dictionaries_.emplace(key, parse()).first->second;
  }

  const FormParameters& QueryOf(const http::Request& request, std::string_view query) {
    const auto known = queries_.find(&request);
    if (known != queries_.end()) return known->second;
    return queries_.emplace(&request, FormParameters(query)).first->second;
  }

 private:
  std::map<std::pair<const http::Fields*, std::string>, Result<codec::sfv::Dictionary>>
      dictionaries_;
  std::map<const http::Request*, FormParameters> queries_;
};

}  // namespace signet::proof::httpsig
