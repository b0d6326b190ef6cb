// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"

#include <pmp/event.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace pmpd {

/// What a hook is told, in the order of `pmp::config::hook_words`; empty where it is not known.
using hook_facts = std::array<std::string, pmp::config::hook_words.size()>;

hook_facts facts_of(pmp::event const&);
/// That a mapping is held, as if it had just been acquired.
hook_facts facts_of(pmp::lease const&, std::string const& gateway);

/// What a later event makes of earlier facts that nobody has been told: the state is the later
/// one, the old endpoint the one that was told last.
hook_facts merged(hook_facts const& untold, hook_facts const& later);

/// Fills the placeholders of an argument.
std::string filled(std::string_view argument, hook_facts const&);

/// `PMP_EVENT=acquired` and so on.
std::vector<std::string> environment_of(hook_facts const&);

/// `event` or `mapping`, to speak of them.
std::string const& fact(hook_facts const&, std::string_view word);

} // namespace pmpd
