// SPDX-License-Identifier: MIT
#include "error_rows.hpp"

#include <boost/system/errc.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>

namespace pmp {

namespace {

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): that of the base is protected.
class table_category final : public boost::system::error_category {
public:
    constexpr table_category(std::uint64_t id, char const* name, std::span<row const> rows)
        : error_category(id), name_(name), rows_(rows) {}

    char const* name() const noexcept override { return name_; }

    std::string message(int value) const override {
        if (auto const* found = find(value)) {
            return std::string(found->message);
        }
        return "the gateway failed with result " + std::to_string(value);
    }

    boost::system::error_condition default_error_condition(int value) const noexcept override {
        auto const* found = find(value);
        return found != nullptr && found->react ? make_error_condition(*found->react)
                                                : boost::system::error_condition(value, *this);
    }

    row const* find(int value) const {
        auto const at = std::find_if(rows_.begin(), rows_.end(), [value](row const& r) {
            return r.value == value;
        });
        return at != rows_.end() ? &*at : nullptr;
    }

private:
    char const* name_;
    std::span<row const> rows_;
};

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): as above.
class reactions final : public boost::system::error_category {
public:
    constexpr reactions() : error_category(0x706d705f72656163) {}

    char const* name() const noexcept override { return "reaction"; }

    std::string message(int value) const override {
        switch (static_cast<reaction>(value)) {
        case reaction::port_taken: return "another external port may be free";
        case reaction::try_later: return "the same request may succeed later";
        case reaction::refused: return "the gateway's policy forbids it";
        case reaction::unsupported: return "the gateway does not support it";
        case reaction::gateway_unusable: return "no gateway can be asked";
        }
        return "unknown";
    }
};

constexpr table_category pcp_table{0x706d705f70637000, "pcp", pcp_rows};
constexpr table_category nat_pmp_table{0x706d705f6e617470, "nat-pmp", nat_pmp_rows};
constexpr table_category upnp_table{0x706d705f75706e70, "upnp", upnp_rows};
constexpr table_category upnp_firewall_table{
    0x706d705f66697265, "upnp-firewall", upnp_firewall_rows};
constexpr table_category fault_table{0x706d705f66617565, "pmp", fault_rows};
constexpr reactions reaction_table;

} // namespace

boost::system::error_category const& pcp_category() {
    return pcp_table;
}
boost::system::error_category const& nat_pmp_category() {
    return nat_pmp_table;
}
boost::system::error_category const& upnp_category() {
    return upnp_table;
}
boost::system::error_category const& upnp_firewall_category() {
    return upnp_firewall_table;
}
boost::system::error_category const& fault_category() {
    return fault_table;
}
boost::system::error_category const& reaction_category() {
    return reaction_table;
}

error_code make_error_code(pcp_result e) {
    return {static_cast<int>(e), pcp_category()};
}
error_code make_error_code(nat_pmp_result e) {
    return {static_cast<int>(e), nat_pmp_category()};
}
error_code make_error_code(upnp_result e) {
    return {static_cast<int>(e), upnp_category()};
}
error_code make_error_code(upnp_firewall_result e) {
    return {static_cast<int>(e), upnp_firewall_category()};
}
error_code make_error_code(fault e) {
    return {static_cast<int>(e), fault_category()};
}

boost::system::error_condition make_error_condition(reaction e) {
    return {static_cast<int>(e), reaction_category()};
}

std::string_view result_name(error_code error) {
    for (auto const* table :
         {&pcp_table, &nat_pmp_table, &upnp_table, &upnp_firewall_table, &fault_table}) {
        if (error.category() == *table) {
            auto const* found = table->find(error.value());
            return found != nullptr ? found->name : table->name();
        }
    }
    return error.category().name();
}

} // namespace pmp
