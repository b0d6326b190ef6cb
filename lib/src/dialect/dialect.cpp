// SPDX-License-Identifier: MIT
#include "dialect/dialect.hpp"

#include "dialect/natpmp_dialect.hpp"
#include "dialect/pcp_dialect.hpp"

namespace pmp {

datagram_dialect const* find_dialect(dialect_id id) {
    static pcp_dialect const pcp;
    static natpmp_dialect const nat_pmp;
    switch (id) {
    case dialect_id::pcp: return &pcp;
    case dialect_id::nat_pmp: return &nat_pmp;
    case dialect_id::igd:
    case dialect_id::direct: break;
    }
    return nullptr;
}

} // namespace pmp
