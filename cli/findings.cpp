// SPDX-License-Identifier: MIT
#include "cli/findings.hpp"

#include "cli/findings_of_gateway.hpp"
#include "cli/problem.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

bool is_connected(interface_fact const& each) {
    return each.running &&
           std::any_of(each.addresses.begin(), each.addresses.end(), [](auto const& a) {
               return a.is_v4() && !is_link_local(a);
           });
}

bool is_v6_only(host_facts const& host) {
    return std::any_of(host.interfaces.begin(), host.interfaces.end(), [](interface_fact const& i) {
        return i.running && std::any_of(i.addresses.begin(), i.addresses.end(), [](auto const& a) {
                   return a.is_v6() && !a.to_v6().is_link_local();
               });
    });
}

finding no_such_interface(std::string const& name, host_facts const& host) {
    std::string there;
    for (auto const& each : host.interfaces) {
        there += (there.empty() ? "" : ", ") + each.name;
    }
    return {
        "interface",
        "interface",
        outcome::failed,
        "there is no interface " + name,
        there.empty() ? "connect this machine to a network" : "use one of " + there};
}

finding unconnected(host_facts const& host) {
    finding out{"interface", "interface", outcome::failed, {}, "connect this machine to a network"};
    if (is_v6_only(host)) {
        out.summary = "this machine has IPv6 addresses alone";
        out.advice = "ask for an IPv4 address on this network; with IPv6 there is no NAT, and the "
                     "gateway's firewall is what to open";
        return out;
    }
    auto const down =
        std::find_if(host.interfaces.begin(), host.interfaces.end(), [](auto const& i) {
            return !i.running;
        });
    auto const up = std::find_if(host.interfaces.begin(), host.interfaces.end(), [](auto const& i) {
        return i.running;
    });
    if (up != host.interfaces.end()) {
        out.summary = up->name + " has no IPv4 address of a network";
        out.advice = "see why DHCP gives it none, or set one";
    } else if (down != host.interfaces.end()) {
        out.summary = down->name + " is down";
    } else {
        out.summary = "there is no network interface";
    }
    return out;
}

interface_fact const* owner(std::vector<interface_fact> const& all, ip_address const& address) {
    auto const found = std::find_if(all.begin(), all.end(), [&](interface_fact const& i) {
        return std::find(i.addresses.begin(), i.addresses.end(), address) != i.addresses.end();
    });
    return found != all.end() ? &*found : nullptr;
}

/// As the way to the gateway shows it.
finding interface_in_use(facts const& seen, interface_fact const* known) {
    auto const& view = seen.found.view;
    auto const address = view.internal.to_string();
    auto const name = known != nullptr ? known->name : view.interface;
    finding out{
        "interface", "interface", outcome::ok, name.empty() ? address : name + ", " + address, {}};
    if (known != nullptr && !known->running) {
        out.result = outcome::failed;
        out.summary = name + " is down";
        out.advice = "plug it in, or switch it on";
    } else if (known != nullptr && is_link_local(view.internal)) {
        out.result = outcome::failed;
        out.summary += ", which is one without a network";
        out.advice = "see why DHCP gives " + name + " no address";
    }
    return out;
}

finding interface_finding(facts const& seen) {
    auto const& all = seen.host.interfaces;
    auto const called = [&all](std::string const& name) {
        auto const found =
            std::find_if(all.begin(), all.end(), [&](auto const& i) { return i.name == name; });
        return found != all.end() ? &*found : nullptr;
    };
    if (has_way(seen)) {
        auto const* const named = called(seen.found.view.interface);
        return interface_in_use(
            seen, named != nullptr ? named : owner(all, seen.found.view.internal)
        );
    }
    auto const& asked = seen.asked.interface;
    if (!asked.empty() && asked != "lo" && called(asked) == nullptr) {
        return no_such_interface(asked, seen.host);
    }
    auto const found = std::find_if(all.begin(), all.end(), is_connected);
    if (found == all.end()) {
        return unconnected(seen.host);
    }
    auto const address =
        std::find_if(found->addresses.begin(), found->addresses.end(), [](auto const& a) {
            return a.is_v4();
        });
    return {"interface", "interface", outcome::ok, found->name + ", " + address->to_string(), {}};
}

finding no_route(facts const& seen) {
    finding out{"route", "default route", outcome::failed, {}, {}};
    auto const& asked = seen.asked;
    auto const by = asked.interface.empty() ? std::string() : " by " + asked.interface;
    auto const& routes = seen.host.routes;
    if (asked.address) {
        out.title = "route";
        out.summary = "no route leads to gateway " + asked.address->to_string() + by;
        out.advice = "check the address, and whether this machine is connected";
    } else if (!routes.empty() && routes.front().gateway.is_unspecified()) {
        out.summary = "the default route leads into " + routes.front().interface +
                      ", where no gateway has an address";
        out.advice = "name the gateway: --gateway ADDR, with --interface where that is not by " +
                     routes.front().interface;
    } else {
        out.summary = "there is no default route" + by;
        out.advice = "see why DHCP gives none, or name the gateway with --gateway ADDR";
    }
    return out;
}

finding route_finding(facts const& seen) {
    if (!has_way(seen)) {
        return no_route(seen);
    }
    auto const& view = seen.found.view;
    auto const& routes = seen.host.routes;
    auto const leads = std::find_if(routes.begin(), routes.end(), [&](route_fact const& r) {
        return r.gateway == view.address;
    });
    auto const address = view.address.to_string();
    finding out{"route", "default route", outcome::ok, "to " + address, {}};
    if (leads != routes.end()) {
        out.summary += " by " + leads->interface;
    } else {
        out.title = "route";
    }
    if (leads != routes.end() && leads != routes.begin() && seen.asked.address) {
        out.result = outcome::warning;
        out.summary += ", though another one by " + routes.front().interface + " is preferred";
        out.advice = "replies may leave by " + routes.front().interface +
                     ": a service has to answer by the interface that it was reached by";
    } else if (leads == routes.end() && !routes.empty() && view.address.is_v4() && !view.address.is_loopback()) {
        out.summary += "; the default route is another, by " + routes.front().interface;
    }
    return out;
}

finding hearing_finding(facts const& seen) {
    finding out{
        "announcements",
        "announcements",
        outcome::ok,
        "UDP port " + std::to_string(announcement_port) + " can be listened on",
        {}};
    auto const& wall = seen.host.firewall;
    if (seen.deafness) {
        out.result = outcome::warning;
        out.summary = "UDP port " + std::to_string(announcement_port) +
                      " can't be listened on: " + seen.deafness.message();
        bool const taken = seen.deafness == boost::asio::error::address_in_use;
        out.advice = taken ? "see who has it: ss -lunp 'sport = :5350'" : "";
    } else if (wall.drops.value_or(false) && !wall.names_announcements) {
        out.result = outcome::warning;
        out.summary += ", but " + wall.name + " may drop what the gateway announces";
        out.advice =
            "let in UDP port 5350 from the gateway, so that its restart is noticed at once";
    }
    return out;
}

/// How the port 22 is let in, for an example.
std::string rule_for_port(std::string const& firewall) {
    if (firewall == "ufw") {
        return "ufw allow 22/tcp";
    }
    if (firewall == "firewalld") {
        return "firewall-cmd --add-port=22/tcp";
    }
    return firewall == "iptables" ? "iptables -I INPUT -p tcp --dport 22 -j ACCEPT"
                                  : "add \"tcp dport 22 accept\" to its chain of input";
}

finding firewall_finding(facts const& seen) {
    auto const& wall = seen.host.firewall;
    finding out{"firewall", "host firewall", outcome::ok, {}, {}};
    if (!wall.drops) {
        out.result = outcome::skipped;
        out.summary =
            (wall.name.empty() ? "" : wall.name + " is there; ") + "its rules can't be read here";
        out.advice = wall.remedy;
    } else if (wall.name.empty()) {
        out.summary = "none was seen on this machine";
    } else if (*wall.drops) {
        out.result = outcome::warning;
        out.summary = wall.name + " drops what no rule of it lets in: each opened port needs one";
        out.advice = "let each port in that is to be reached: " + rule_for_port(wall.name);
    } else {
        out.summary = wall.name + " lets in what no rule drops";
    }
    return out;
}

finding daemon_finding(facts const& seen) {
    finding out{"daemon", "pmpd", outcome::skipped, "not running, or not to be asked", {}};
    if (!seen.daemon) {
        return out;
    }
    auto const& daemon = *seen.daemon;
    auto const external = external_of(seen);
    out.result = outcome::ok;
    out.summary = "holds " + std::to_string(daemon.held) + " of " + std::to_string(daemon.wanted) +
                  (daemon.wanted == 1 ? " mapping" : " mappings");
    if (daemon.held < daemon.wanted) {
        out.result = outcome::failed;
        out.summary = "pmpd " + out.summary + ": " + daemon.missing + " is not open";
        out.summary += daemon.why.empty() ? "" : ", " + daemon.why;
        out.advice = "pmp status tells each; pmp renew asks for them at once";
    } else if (daemon.external && external && *daemon.external != *external) {
        out.result = outcome::warning;
        out.summary += "; it knows the external address as " + daemon.external->to_string();
        out.advice = "pmp renew makes pmpd ask again";
    }
    return out;
}

} // namespace

bool is_link_local(ip_address const& address) {
    return address.is_v4() && address.to_v4().to_uint() >> 16U == 0xa9feU;
}

bool has_way(facts const& seen) {
    return !seen.found.view.address.is_unspecified();
}

bool is_answered(facts const& seen) {
    return !seen.found.protocols.empty();
}

bool needs_no_gateway(facts const& seen) {
    auto const& own = seen.found.view.internal;
    return has_way(seen) && !is_answered(seen) && is_silence(seen.found.error) && own.is_v4() &&
           is_public(own);
}

std::vector<finding> find_all(facts const& seen) {
    std::vector<finding> out;
    out.push_back(interface_finding(seen));
    // Without an interface nothing else can be otherwise than wrong.
    if (has_way(seen) || out.front().result != outcome::failed) {
        out.push_back(route_finding(seen));
        if (has_way(seen)) {
            find_gateway(seen, out);
        }
        out.push_back(hearing_finding(seen));
    }
    if (is_answered(seen)) {
        find_trial(seen, out);
    }
    out.push_back(firewall_finding(seen));
    out.push_back(daemon_finding(seen));
    return out;
}

} // namespace pmp::cli
