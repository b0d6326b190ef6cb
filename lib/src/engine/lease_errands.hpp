// SPDX-License-Identifier: MIT
#pragma once

#include "engine/errand.hpp"

#include <pmp/engine.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace pmp {

/// What errands about one mapping share: an engine of their own, so that its rules hold for them
/// too.
class lease_errand : public errand {
public:
    void datagram(inbound_datagram const&, time_point now) final;
    void advertised(inbound_datagram const&, time_point now) final;
    void fetched(fetch_result const&, time_point now) final;
    void unreachable(time_point now) final;
    void tick(time_point now) final;
    std::optional<errand_output> poll() final;
    time_point wake_at() const final;
    std::optional<error_code> outcome() const final { return outcome_; }

protected:
    void start(engine_settings const&, memory, std::uint64_t seed);
    /// Beside what the engine asks for; once.
    void ask(fetch what);
    void end(error_code error) { outcome_ = outcome_.value_or(error); }
    /// The gateway has been asked by UPnP to map something: it takes a conversation to end that.
    bool converses() const { return converses_; }
    /// Called off, with more to say than that there was no answer.
    void tell_failure();
    /// That error, or what is wrong with what the gateway answers where that says more.
    error_code telling(error_code) const;
    /// By UPnP: it maps ports, and refuses to tell its external address.
    bool hides_address() const;

    std::optional<engine> engine_;
    gateway_view gateway_;

private:
    virtual void heard(event const&) = 0;
    /// The gateway is to be asked by UPnP to map something, as soon as this returns.
    virtual void adding() {}
    /// Or to delete an entry.
    virtual void deleting(fetch const&) {}
    /// Or for anything else.
    virtual void asking(fetch const&) {}
    /// What was asked for by no engine has been answered.
    virtual void answered(fetch_result const&) {}
    /// The engine has said all that it has to say at this moment.
    virtual void look() {}
    void note_denial(std::span<std::byte const>, time_point now);
    void datagrams_fail(error_code, time_point now);
    void note_refusal(time_point now);
    void note_igd_refusal(time_point now);
    bool is_refused_by_igd() const;

    std::optional<error_code> outcome_;
    /// What denied all that may be spoken; each once.
    std::vector<std::vector<std::byte>> denials_;
    /// Why nothing but UPnP is left, and until when it has to be heard of.
    error_code failure_;
    time_point gives_up_at_ = time_point::max();
    bool heard_igd_ = false;
    /// HTTP requests that wait for their answers.
    unsigned under_way_ = 0;
    /// Until when something better may come than the refusal of all that was found by UPnP.
    time_point refused_at_ = time_point::max();
    bool converses_ = false;
    std::optional<fetch> question_;
    std::optional<std::uint64_t> question_id_;
    /// Of the last datagram from the gateway that answers nothing.
    error_code flaw_;
};

/// Has a mapping granted, with its external address, and leaves the lease in place.
class map_errand final : public lease_errand {
public:
    /// `known`: the secret, and what that mapping was assigned before.
    map_errand(engine_settings const&, mapping, memory known, std::uint64_t seed);

    using teller = std::function<void(std::vector<remembered_lease> const&)>;

    /// Called with what may be there from now on, before the gateway is asked by UPnP to make it:
    /// whoever is killed then never hears whether it was.
    void tell_beforehand(teller tell) { tell_beforehand_ = std::move(tell); }
    /// What was told so the last time.
    std::vector<remembered_lease> const& told_beforehand() const { return told_beforehand_; }

    void begin(gateway_view const&, time_point now) override;
    void call_off(time_point now) override;
    bool lingers() const override;
    void hurry(time_point now) override;

    /// Set where it ended well.
    std::optional<lease> const& granted() const { return granted_; }
    /// For how long the gateway wants its refusal to be taken for valid; zero: it has not said.
    std::chrono::seconds refused_for() const { return refused_for_; }
    memory remembers() const { return engine_->remembers(); }
    /// What may be mapped all the same: called off in a conversation, it has not heard in time that
    /// nothing is left.
    std::optional<remembered_lease> const& left() const { return left_; }

private:
    void heard(event const&) override;
    void adding() override;
    void look() override;
    bool is_whole(lease const&) const;
    void note_left(time_point now);
    void release(time_point now);

    mapping wish_;
    /// When what an earlier errand has mapped ends.
    time_point mapped_until_ = time_point::min();
    bool lingers_ = false;
    std::optional<lease> granted_;
    teller tell_beforehand_;
    std::vector<remembered_lease> told_beforehand_;
    std::optional<remembered_lease> left_;
    std::chrono::seconds refused_for_{};
};

/// Deletes the lease of a mapping, whoever with the same secret made it.
class unmap_errand final : public lease_errand {
public:
    unmap_errand(engine_settings const&, mapping, memory known, std::uint64_t seed);

    void begin(gateway_view const&, time_point now) override;
    void call_off(time_point) override;

    /// What was ended; to be called after `begin()`.
    remembered_lease const& ended() const { return lease_; }

private:
    void heard(event const&) override;
    void deleting(fetch const&) override;
    void asking(fetch const&) override;
    void answered(fetch_result const&) override;

    engine_settings settings_;
    mapping wish_;
    memory known_;
    std::uint64_t seed_;
    remembered_lease lease_;
    /// The last request for it, by UPnP: what is answered to that proves little.
    std::optional<fetch> deletion_;
    bool is_deleted_ = false;
};

} // namespace pmp
