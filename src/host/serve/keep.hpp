#pragma once

// One Keep as its host sees it: a process that was started for a customer.

#include "host/serve/child.hpp"
#include "net/server/loop.hpp"
#include "os/failure.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace host::serve {

// Where an application may listen, or connect to.
struct Place {
    std::string host; // of an IPv6 address without brackets
    std::string port;

    // "host:port", "[2001:db8::1]:443"
    static std::optional<Place> parse(std::string_view text);
    std::string text() const;
    std::uint16_t number() const; // of the port
};

struct KeepWish {
    std::string backend = {};
    std::uint64_t memory = 0; // bytes
    std::vector<Place> listen = {};
    std::vector<Place> connect = {};
};

enum class KeepState : unsigned char { Starting, Running, Ended };
std::string_view name_of(KeepState state);

using Seconds = std::chrono::sys_seconds;

struct Keep {
    std::string id;
    std::string customer;
    KeepWish wish;
    Seconds created;
    Seconds expires; // ended then if nobody has opened a channel to it, or is bringing its package
    std::optional<Seconds> ended = {};
    KeepState state = KeepState::Starting;
    bool claimed = false;                                  // somebody has granted it something
    std::chrono::steady_clock::time_point waits_from = {}; // for that
    std::string why = {}; // the host has ended it; empty: it ended by itself
    std::optional<ChildEnd> end = {};

    std::string socket = {};
    Child child = {};
    net::server::Loop::Watch end_watch = {};
    net::server::Loop::Watch message_watch = {};
    std::string line = {};            // of its messages, not yet whole
    std::string last_line = {};       // the last whole one, or its last failure
    bool told_failure = false;        // that is one
    std::size_t messages_size = 0;    // so many bytes of them were logged
    std::size_t channels_waiting = 0; // that it does not take yet
    std::vector<std::function<void(os::OrFailure<void>)>> at_start = {};
    std::vector<std::function<void()>> at_end = {};

    bool live() const { return state != KeepState::Ended; }
};

} // namespace host::serve
