// SPDX-License-Identifier: MIT
#include "cli/error_json.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace pmp::cli {

namespace json = boost::json;

json::object
error_json(error_code error, std::string const& sentence, std::chrono::seconds retry_in) {
    json::object out;
    out["category"] = error.category().name();
    out["code"] = error.value();
    out["name"] = result_name(error);
    out["message"] = sentence;
    out["retry_in"] = nullptr;
    if (retry_in != retry_in.zero()) {
        out["retry_in"] = retry_in.count();
    }
    return {{"error", std::move(out)}};
}

json::object error_json(std::string_view name, std::string const& sentence) {
    json::object out{{"category", "local"}, {"code", nullptr}, {"name", name}};
    out["message"] = sentence;
    out["retry_in"] = nullptr;
    return {{"error", std::move(out)}};
}

void complain(
    console& out, error_code error, std::string const& sentence, std::chrono::seconds retry_in
) {
    if (out.json()) {
        out.line(json::serialize(error_json(error, sentence, retry_in)));
    }
    out.complain(sentence);
}

void complain(console& out, std::string_view name, std::string const& sentence) {
    if (out.json()) {
        out.line(json::serialize(error_json(name, sentence)));
    }
    out.complain(sentence);
}

} // namespace pmp::cli
