// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/clock.hpp>

#include <cstdint>
#include <optional>

namespace pmp {

/// Which standard's test an epoch has to pass.
enum class epoch_rule : std::uint8_t { pcp, nat_pmp };

/// The epoch of one gateway in one protocol: tells from each value whether the gateway has lost
/// its mappings since the one before.
class epoch_watch {
public:
    explicit epoch_watch(epoch_rule rule) : rule_(rule) {}

    /// False where the gateway lost its state (RFC 6887 8.5, RFC 6886 3.6). The first value is
    /// plausible by definition; each value is the reference of the next, a bad one too. A clock
    /// that has raised three alarms without ever going back is believed only when it does.
    bool plausible(std::uint32_t epoch, time_point now);

    std::optional<std::uint32_t> last() const;

private:
    static constexpr unsigned false_alarms_believed = 3;

    struct sample {
        std::uint32_t epoch;
        time_point heard;
    };

    bool passes(sample const& before, sample const& now) const;
    bool is_false_alarm(sample const& before, sample const& now);

    epoch_rule rule_;
    std::optional<sample> last_;
    unsigned false_alarms_ = 0;
};

} // namespace pmp
