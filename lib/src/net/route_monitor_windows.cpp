// SPDX-License-Identifier: MIT
#include "net/adapters_windows.hpp"
#include "net/boot_timer.hpp"
#include "net/route_monitor.hpp"

#include <boost/asio/post.hpp>

#include <netioapi.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace pmp::net {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds settling_step{250};
/// What Windows tells of is seen at once, and the rest this often: a change of a metric, and all
/// of it under wine, which gives no notice of any.
constexpr std::chrono::seconds look_interval{3};

interface_state state_of(IP_ADAPTER_ADDRESSES const& adapter) {
    interface_state state;
    state.index = index_of(adapter);
    state.name = name_of(adapter);
    state.running = adapter.OperStatus == IfOperStatusUp;
    state.loopback = adapter.IfType == IF_TYPE_SOFTWARE_LOOPBACK;
    for (auto const* each = adapter.FirstUnicastAddress; each != nullptr; each = each->Next) {
        if (usable(*each)) {
            state.addresses.push_back(local_address_of(*each));
        }
    }
    return state;
}

ip_address next_hop(MIB_IPFORWARD_ROW2 const& row) {
    sockaddr_storage storage{};
    std::memcpy(&storage, &row.NextHop, sizeof row.NextHop);
    return address_in(reinterpret_cast<sockaddr const&>(storage));
}

/// That of the interface counts as much as the route's own.
std::uint32_t metric_of(MIB_IPFORWARD_ROW2 const& row, adapters const& all) {
    for (auto const* each = all.first(); each != nullptr; each = each->Next) {
        if (index_of(*each) == row.InterfaceIndex) {
            bool const v4 = row.NextHop.si_family == AF_INET;
            return row.Metric + (v4 ? each->Ipv4Metric : each->Ipv6Metric);
        }
    }
    return row.Metric;
}

error_code append_default_routes(
    std::vector<default_route>& routes, ADDRESS_FAMILY family, adapters const& all
) {
    MIB_IPFORWARD_TABLE2* made = nullptr;
    auto const error = ::GetIpForwardTable2(family, &made);
    // An address family that is not installed has no routes.
    if (error == ERROR_NOT_FOUND || error == ERROR_NOT_SUPPORTED) {
        return {};
    }
    if (error != NO_ERROR) {
        return {static_cast<int>(error), boost::system::system_category()};
    }
    std::unique_ptr<MIB_IPFORWARD_TABLE2, decltype(&::FreeMibTable)> const table{
        made, &::FreeMibTable};
    for (ULONG each = 0; each < table->NumEntries; ++each) {
        auto const& row = table->Table[each];
        auto const gateway = next_hop(row);
        if (row.DestinationPrefix.PrefixLength == 0 && !gateway.is_unspecified()) {
            auto const index = static_cast<unsigned>(row.InterfaceIndex);
            routes.push_back({main_table, metric_of(row, all), index, gateway, true});
        }
    }
    return {};
}

result<route_snapshot> read_tables() {
    auto const all = adapters::read();
    if (!all) {
        return all.error();
    }
    route_snapshot snapshot;
    for (auto const* each = all->first(); each != nullptr; each = each->Next) {
        snapshot.interfaces.push_back(state_of(*each));
    }
    for (auto const family : {ADDRESS_FAMILY{AF_INET}, ADDRESS_FAMILY{AF_INET6}}) {
        if (auto const error = append_default_routes(snapshot.default_routes, family, *all)) {
            return error;
        }
    }
    return snapshot;
}

/// What Windows calls, on threads of its own, when its tables change.
class notifications {
public:
    explicit notifications(std::function<void()> told) : told_(std::move(told)) {
        ::NotifyRouteChange2(AF_UNSPEC, &route_changed, this, FALSE, &routes_);
        ::NotifyUnicastIpAddressChange(AF_UNSPEC, &address_changed, this, FALSE, &addresses_);
        ::NotifyIpInterfaceChange(AF_UNSPEC, &interface_changed, this, FALSE, &interfaces_);
    }
    /// Waits for calls that have begun.
    ~notifications() {
        for (auto* const handle : {routes_, addresses_, interfaces_}) {
            if (handle != nullptr) {
                ::CancelMibChangeNotify2(handle);
            }
        }
    }
    notifications(notifications const&) = delete;
    notifications& operator=(notifications const&) = delete;

private:
    static void WINAPI route_changed(void* self, MIB_IPFORWARD_ROW2*, MIB_NOTIFICATION_TYPE) {
        static_cast<notifications*>(self)->told_();
    }
    static void WINAPI
    address_changed(void* self, MIB_UNICASTIPADDRESS_ROW*, MIB_NOTIFICATION_TYPE) {
        static_cast<notifications*>(self)->told_();
    }
    static void WINAPI interface_changed(void* self, MIB_IPINTERFACE_ROW*, MIB_NOTIFICATION_TYPE) {
        static_cast<notifications*>(self)->told_();
    }

    std::function<void()> told_;
    HANDLE routes_ = nullptr;
    HANDLE addresses_ = nullptr;
    HANDLE interfaces_ = nullptr;
};

} // namespace

result<route_snapshot> read_routes(asio::any_io_executor const&) {
    return read_tables();
}

class route_monitor::state : public std::enable_shared_from_this<state> {
public:
    state(asio::any_io_executor const& executor, settling_times times)
        : executor_(executor), timer_(executor), times_(times) {}

    void listen() {
        notifications_ =
            std::make_unique<notifications>([executor = executor_, weak = weak_from_this()] {
                asio::post(executor, [weak] {
                    if (auto const self = weak.lock()) {
                        self->timer_.expires_at(boot_clock::now());
                    }
                });
            });
    }

    result<route_snapshot> read() {
        auto snapshot = read_tables();
        seen_ = snapshot ? *snapshot : route_snapshot{};
        return snapshot;
    }

    static asio::awaitable<error_code> change(std::shared_ptr<state> self) {
        while (!self->take_news()) {
            self->timer_.expires_at(boot_clock::now() + look_interval);
            auto const error = co_await self->timer_.wait();
            if (error) {
                co_return error;
            }
        }
        co_return co_await settle(self);
    }

    void close() {
        notifications_.reset();
        timer_.close();
    }

private:
    static asio::awaitable<error_code> settle(std::shared_ptr<state> self) {
        settling burst{self->times_, boot_clock::now()};
        for (auto now = boot_clock::now(); now < burst.settled_at(); now = boot_clock::now()) {
            self->timer_.expires_at(std::min(now + settling_step, burst.settled_at()));
            auto const error = co_await self->timer_.wait();
            if (error) {
                co_return error;
            }
            if (self->take_news()) {
                burst.changed(boot_clock::now());
            }
        }
        co_return error_code{};
    }

    /// Whether the tables hold something else than when they were last looked at.
    bool take_news() {
        auto snapshot = read_tables();
        if (!snapshot || *snapshot == seen_) {
            return false;
        }
        seen_ = std::move(*snapshot);
        return true;
    }

    asio::any_io_executor executor_;
    boot_timer timer_;
    settling_times times_;
    route_snapshot seen_;
    std::unique_ptr<notifications> notifications_;
};

route_monitor::route_monitor(asio::any_io_executor const& executor, settling_times times)
    : state_(std::make_shared<state>(executor, times)) {
    state_->listen();
}

route_monitor::~route_monitor() {
    close();
}

result<route_snapshot> route_monitor::read() {
    return state_->read();
}

asio::awaitable<error_code> route_monitor::change() {
    return state::change(state_);
}

error_code route_monitor::deafness() const {
    // Without notifications its own looks find every change.
    return {};
}

void route_monitor::close() {
    state_->close();
}

} // namespace pmp::net
