// SPDX-License-Identifier: MIT
#include "daemon/event_json.hpp"

#include "daemon/log_line.hpp"
#include "daemon/narrate.hpp"

namespace pmpd {

namespace {

namespace json = boost::json;

json::value to_json(pmp::ip_address const& address) {
    return address.is_unspecified() ? json::value(nullptr) : json::value(address.to_string());
}

json::value external_of(pmp::event const& e) {
    if (e.lease) {
        return {{"address", to_json(e.lease->assigned.address)}, {"port", e.lease->assigned.port}};
    }
    if (e.external_address) {
        return {{"address", to_json(*e.external_address)}, {"port", nullptr}};
    }
    return nullptr;
}

json::value was_of(pmp::event const& e) {
    if (!e.was) {
        return nullptr;
    }
    json::object out{{"address", to_json(e.was->address)}, {"port", nullptr}};
    if (e.kind == pmp::event_kind::changed) {
        out["port"] = e.was->port;
    }
    return out;
}

json::value error_of(pmp::event const& e) {
    if (!e.error.failed()) {
        return nullptr;
    }
    json::object out;
    out["category"] = e.error.category().name();
    out["code"] = e.error.value();
    out["name"] = pmp::result_name(e.error);
    out["message"] = e.error.message();
    out["retry_in"] = e.retry_after > e.retry_after.zero() ? json::value(e.retry_after.count())
                                                           : json::value(nullptr);
    return out;
}

} // namespace

json::object
event_json(pmp::event const& e, json::value lease, std::chrono::system_clock::time_point at) {
    json::object out;
    out["event"] = to_string(e.kind);
    out["time"] = timestamp(at);
    out["message"] = narrate(e, {}).message;
    out["mapping"] = e.mapping.empty() ? json::value(nullptr) : json::value(e.mapping);
    out["gateway"] = {{"name", e.gateway}, {"address", to_json(e.gateway_address)}};
    out["external"] = external_of(e);
    out["was"] = was_of(e);
    out["reason"] =
        e.kind == pmp::event_kind::lost ? json::value(to_string(e.reason)) : json::value(nullptr);
    out["error"] = error_of(e);
    out["lease"] = std::move(lease);
    return out;
}

} // namespace pmpd
