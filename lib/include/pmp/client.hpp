// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/engine.hpp>
#include <pmp/export.hpp>
#include <pmp/one_shot.hpp>
#include <pmp/packet.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pmp {

/// Waits and limits of a client.
struct client_settings {
    /// Those of its engine.
    engine_settings engine{};
    /// How long the release of all mappings may take when `async_run` is cancelled. Zero: nothing
    /// is released.
    std::chrono::milliseconds release_timeout{2000};
};

/// What a client can do without, but not well.
enum class notice_kind : std::uint8_t {
    /// The system does not tell its routes, or not when they change.
    no_routes,
    /// No route leads to the gateway, or not by the interface or the source that were asked for.
    no_gateway,
    /// No socket can be opened towards the gateway. Tried again every few seconds.
    no_socket,
    /// What is sent to the gateway may leave by another interface than the one asked for.
    interface_not_kept,
    /// What was sent to the gateway did not leave this host.
    not_sent,
    /// What gateways announce on the interface is not heard, so that a reboot is noticed at the
    /// next renewal only. Tried again when the network changes.
    no_announcements,
};

PMP_EXPORT std::string_view to_string(notice_kind);

/// Something is missing, or there again. Told once, until it changes.
struct notice {
    /// What is missing, or there again.
    notice_kind kind = notice_kind::no_routes;
    /// Name of the gateway, or of the interface (`no_announcements`); empty: it concerns all.
    std::string subject;
    /// Why it is missing; none: it is there again.
    error_code error;
    /// Of the gateway, where the subject is one.
    address_family family = address_family::ipv4;
};

/// An engine with sockets: keeps mappings open while `async_run` runs. Everything happens on the
/// executor that it was made with, which must run one handler at a time; not thread-safe.
class PMP_EXPORT client {
public:
    /// `known`: what an earlier client `remembers()`, or a new secret and nothing else. Throws
    /// `boost::system::system_error` where the system has no entropy.
    client(boost::asio::any_io_executor, memory known, client_settings = {});
    /// Destroying it while `async_run` runs cancels that without releasing anything.
    ~client();
    client(client const&) = delete;
    client& operator=(client const&) = delete;

    /// Both take the whole set, every time; only the difference acts: what leaves a gateway is
    /// released there. At the start there is one, `default`, of the default route, and no mapping.
    void set_gateways(std::vector<gateway_settings>);
    /// Names are unique; see `engine::desire`.
    void set_mappings(std::vector<mapping>);
    /// From the next cancellation on, instead of that of `client_settings`.
    void set_release_timeout(std::chrono::milliseconds);
    /// From now on, in place of `engine_settings::verify`.
    void set_verify(std::chrono::seconds);
    /// What `async_map` was granted, by this client or another one with its secret: a run holds it
    /// and does not ask for it again before it has to be renewed. Of this client's own leases the
    /// socket is taken over, too: to it the gateway sends Mapping Updates (RFC 6887 14.2). In place
    /// of what was handed over before.
    void take_over(std::vector<lease>);
    /// Asks for the mapping of that name at once, and looks for its gateway where there is none;
    /// empty: for each. Returns how many such mappings are wanted.
    std::size_t renew(std::string_view mapping = {});
    /// Looks at the routes, for each gateway and at the clock, at once: for whoever knows before
    /// the system tells that nothing is as it was, because the machine has slept. Nothing happens
    /// where nothing has changed.
    void look_again();
    /// Called on the executor, never from inside of another call.
    void set_notice_handler(std::function<void(notice const&)>);

    /// Called on the executor with what is to be kept, at once, before a request leaves that makes
    /// what does not end by itself (UPnP), and before `async_map` asks for anything by UPnP:
    /// whoever is killed then can still delete it another time. It must neither throw nor call the
    /// client. Empty: nobody is told.
    void set_memory_handler(std::function<void(memory const&)>);

    /// Called on the executor with all that is sent and received from now on, by runs and one-shots
    /// that begin after that. It must neither throw nor call the client. Empty: nobody is told,
    /// which costs nothing.
    void set_packet_handler(std::function<void(packet const&)>);

    /// The table, in the order of the mappings.
    std::vector<standing> standings() const;
    /// The leases that are held.
    std::vector<lease> leases() const;
    /// Those that can be reached, in the order of their names.
    std::vector<gateway_standing> gateways() const;
    /// What to hand to the next client, so that it gets the same ports and can end these leases.
    memory remembers() const;
    /// What happened since this client was made.
    statistics const& counts() const;

    /// Runs until it is cancelled; then releases all mappings within `release_timeout` and
    /// completes with `boost::asio::error::operation_aborted`, no later than when all are released.
    /// Cancelled again meanwhile, it does not wait for the answers. All other errors are the
    /// system's: it could not begin. One run at a time. Signature: `void(error_code)`.
    template <boost::asio::completion_token_for<void(error_code)> Token>
    auto async_run(Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [this](auto handler) { start_run(std::move(handler)); }, token
        );
    }

    /// The next event, once one is there. Pending events are kept one a mapping: a slow reader
    /// misses edges, never the latest. Completes with `operation_aborted` and an empty event where
    /// it is cancelled or the run has ended and all were read. One wait at a time. Signature:
    /// `void(error_code, event)`.
    template <boost::asio::completion_token_for<void(error_code, event)> Token>
    auto async_next_event(Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, event)>(
            [this](auto handler) { start_wait(std::move(handler)); }, token
        );
    }

    // One-shots ask one gateway for one thing, whether or not `async_run` runs, and touch no
    // mapping of `set_mappings`. They end with `fault::gateway_silent` at the deadline, counted
    // from the call; with `fault::gateway_unreachable` where the gateway's port is closed; with
    // `network_unreachable` where no route leads to one; with `invalid_argument` where no gateway
    // has that name, and `operation_not_supported` where none of its protocols can be spoken; and
    // with `operation_aborted` at once when they are cancelled. What an answer refuses is an error
    // in its protocol's own category. Any number may be under way.

    /// The external address of the gateway of that name. Where the gateway tells it of mappings
    /// alone, a mapping of UDP port 50351 is made, and deleted again (RFC 6887 11.6). Signature:
    /// `void(error_code, external_address)`.
    template <boost::asio::completion_token_for<void(error_code, external_address)> Token>
    auto
    async_external_address(std::string gateway, std::chrono::milliseconds deadline, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, external_address)>(
            [this](auto handler, std::string const& name, std::chrono::milliseconds limit) {
                start_external_address(name, limit, std::move(handler));
            },
            token,
            std::move(gateway),
            deadline
        );
    }

    /// A lease of that mapping, which nobody renews: it stands for its lifetime, or until
    /// `async_unmap`, or is handed to `take_over`; until then the socket that asked stays open, one
    /// a gateway. A refusal is final; `lease::lifetime` is then how long a PCP gateway says that
    /// its answer will be the same, or zero. Another port than an exact one: `fault::port_taken`.
    /// Cancelled, or at its deadline, it sends the deletion of what it asked for before it
    /// completes: of datagrams no answer is waited for; by UPnP that takes at most a second and a
    /// half, which another cancellation cuts short, and what was not confirmed until then is among
    /// `remembers()`. None is sent where a lease of the same protocol, internal endpoint and
    /// gateway was among `remembers()` and has not expired: that one stays, as it was or renewed.
    /// `already_started` where a run keeps a mapping of that port, and `fault::no_third_party`
    /// where `internal.address` is another host's and the gateway maps for none. Signature:
    /// `void(error_code, lease)`.
    template <boost::asio::completion_token_for<void(error_code, lease)> Token>
    auto async_map(mapping wish, std::chrono::milliseconds deadline, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, lease)>(
            [this](auto handler, mapping const& what, std::chrono::milliseconds limit) {
                start_map(what, limit, std::move(handler));
            },
            token,
            std::move(wish),
            deadline
        );
    }

    /// Deletes the lease of that mapping's protocol and internal port, whichever client with the
    /// same secret made it. No error where there is none. UPnP deletes by the external port: where
    /// `remembers()` has no such lease, `suggested.port` (0: the internal port), and only what the
    /// gateway's table shows with the same `description`. Other errors like `async_map`. Signature:
    /// `void(error_code)`.
    template <boost::asio::completion_token_for<void(error_code)> Token>
    auto async_unmap(mapping wish, std::chrono::milliseconds deadline, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [this](auto handler, mapping const& what, std::chrono::milliseconds limit) {
                start_unmap(what, limit, std::move(handler));
            },
            token,
            std::move(wish),
            deadline
        );
    }

    /// What each gateway speaks, in the order of `set_gateways`. No later than a second after its
    /// first answer a gateway has said all. Errors, but for the cancellation's, are those of each
    /// gateway. Signature: `void(error_code, std::vector<discovered_gateway>)`.
    template <
        boost::asio::completion_token_for<void(error_code, std::vector<discovered_gateway>)> Token>
    auto async_discover(std::chrono::milliseconds deadline, Token&& token) {
        return boost::asio::
            async_initiate<Token, void(error_code, std::vector<discovered_gateway>)>(
                [this](auto handler, std::chrono::milliseconds limit) {
                    start_discover(limit, std::move(handler));
                },
                token,
                deadline
            );
    }

    /// The table of the gateway of that name, where it can be read: by UPnP alone. Errors are
    /// those of UPnP, `fault::no_igd` where the gateway does not speak it. Signature:
    /// `void(error_code, mapping_table)`.
    template <boost::asio::completion_token_for<void(error_code, mapping_table)> Token>
    auto async_list(std::string gateway, std::chrono::milliseconds deadline, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, mapping_table)>(
            [this](auto handler, std::string const& name, std::chrono::milliseconds limit) {
                start_list(name, limit, std::move(handler));
            },
            token,
            std::move(gateway),
            deadline
        );
    }

private:
    void start_run(boost::asio::any_completion_handler<void(error_code)>);
    void start_wait(boost::asio::any_completion_handler<void(error_code, event)>);
    void
    start_external_address(std::string const&, std::chrono::milliseconds, boost::asio::any_completion_handler<void(error_code, external_address)>);
    void
        start_map(mapping, std::chrono::milliseconds, boost::asio::any_completion_handler<void(error_code, lease)>);
    void
        start_unmap(mapping, std::chrono::milliseconds, boost::asio::any_completion_handler<void(error_code)>);
    void
        start_discover(std::chrono::milliseconds, boost::asio::any_completion_handler<void(error_code, std::vector<discovered_gateway>)>);

    void
    start_list(std::string const&, std::chrono::milliseconds, boost::asio::any_completion_handler<void(error_code, mapping_table)>);

    class state;
    std::shared_ptr<state> state_;
};

} // namespace pmp
