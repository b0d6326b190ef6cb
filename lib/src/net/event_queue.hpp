// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/event.hpp>

#include <list>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace pmp::net {

/// Events that nobody has read yet, oldest first: the latest of each mapping, and of each kind that
/// concerns a gateway. So it is bounded, however slow its reader is.
class event_queue {
public:
    /// Takes the place of an older one like it, behind all others.
    void push(event);
    /// Nothing where it is empty.
    std::optional<event> pop();
    bool empty() const { return pending_.empty(); }
    void clear();

private:
    /// Gateway, mapping, and the kind where there is no mapping.
    using key = std::tuple<std::string, std::string, event_kind>;
    static key key_of(event const&);

    std::list<event> pending_;
    std::map<key, std::list<event>::iterator> places_;
};

} // namespace pmp::net
