// Every system call of the table at the border to the host. Program memory holds a mark around each
// argument, and so do the registers that a call does not use: whatever the host answers, and
// whichever argument is bad, no marked byte is ever shown, and nothing stays in the block.

#include "keep/shim/platform/fake/examples.hpp"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

namespace shim {
namespace {

namespace hostcall = protocol::hostcall;
using namespace fake;
using hostcall::Answer;
using hostcall::Argument;
using hostcall::Extent;

constexpr std::byte mark{0xa5};
constexpr std::uint64_t page = 4096;

// All that the table has, now and later.
std::set<std::uint64_t> numbers_of_the_table() {
    std::set<std::uint64_t> all{
#define CALL(number, ...) number,
#include "keep/shim/system_call/calls.inc"
#undef CALL
    };
    for (auto const& shape : hostcall::shapes) all.insert(static_cast<std::uint64_t>(shape.call));
    return all;
}

bool shows(Argument kind) {
    return kind == Argument::In || kind == Argument::InOut || kind == Argument::Path ||
           kind == Argument::Target;
}

enum class Mood : std::uint8_t { Answers, Fails, Lies };

struct Border {
    World world;
    std::uint64_t payload = 16;
    Mood mood = Mood::Answers;
    unsigned host_calls = 0;
    std::uint32_t next_handle = 100;

    Border() {
        auto& files = world.kernel().files;
        files.put(5, {.kind = File::Kind::Host, .handle = 7, .opened = 1'000'001});
        files.put(6, {.kind = File::Kind::Host, .handle = 8, .opened = 1'000'002});
        files.put(8, {.kind = File::Kind::Host, .handle = 9, .opened = 1'000'003});
        files.put(9, {.kind = File::Kind::Host, .source = true, .handle = 10, .opened = 1'000'004});
        world.kernel().sources.add({.kind = Source::Kind::Timer, .handle = 10}).value();
        world.set_host([this](Call call, Arguments const& a, std::span<std::byte> bytes) {
            ++host_calls;
            look(call, a, bytes);
            return answer(call, a, bytes);
        });
    }

    static std::array<Argument, 6> row(Call call) {
        if (auto const* const shape = hostcall::find_shape(call)) return shape->arguments;
        if (call == Call::Poll || call == Call::Log) return {Argument::InOut};
        return {};
    }

    // During the call: no mark anywhere, and in the data nothing but what the row shows.
    void look(Call call, Arguments const& a, std::span<std::byte const> bytes) const {
        SCOPED_TRACE(static_cast<std::uint64_t>(call));
        EXPECT_EQ(std::ranges::count(world.block(), mark), 0);
        EXPECT_EQ(std::ranges::count(world.batch(), mark), 0);
        std::vector<std::byte> rest(bytes.begin(), bytes.end());
        auto const kinds = row(call);
        for (unsigned i = 0; i < kinds.size(); ++i) {
            if (!shows(kinds.at(i))) continue;
            auto const extent = Extent::decode(a.at(i));
            ASSERT_TRUE(extent);
            std::memset(rest.data() + extent->offset(), 0, extent->size());
        }
        EXPECT_TRUE(std::ranges::all_of(rest, [](std::byte b) { return b == std::byte{}; }));
    }

    std::int64_t answer(Call call, Arguments const& a, std::span<std::byte> bytes) {
        if (mood == Mood::Fails) return -5;
        if (mood == Mood::Lies) return INT64_MAX;
        auto const* const shape = hostcall::find_shape(call);
        if (shape == nullptr || call == Call::EpollWait) return 0;
        std::int64_t in = 0;
        std::int64_t room = 0;
        for (std::size_t i = shape->arguments.size(); i-- > 0;) {
            auto const extent = Extent::decode(a.at(i)).value_or(*Extent::create(0, 0));
            if (shows(shape->arguments.at(i))) in = extent.size();
            if (shape->arguments.at(i) == Argument::Out) room = std::min(extent.size(), 8U);
            if (shape->arguments.at(i) == Argument::InOut && call != Call::Ioctl)
                std::memset(bytes.data() + extent.offset(), 4, std::min(extent.size(), 1U));
            else if (shape->arguments.at(i) == Argument::Out)
                std::memset(bytes.data() + extent.offset(), 'h', static_cast<std::size_t>(room));
        }
        if (shape->answer == Answer::Sent) return in;
        if (shape->answer == Answer::Size) return room;
        return shape->answer == Answer::Handle ? next_handle++ : 0;
    }

    // After it: nothing in the block but whose turn it is.
    void nothing_stays() const {
        EXPECT_TRUE(std::ranges::all_of(world.block().subspan(8), [](std::byte b) {
            return b == std::byte{};
        }));
    }

    // `bytes` amid marks: as they are, or at the very end of what is mapped.
    std::uint64_t place(std::span<std::byte const> bytes, bool at_end = false) {
        auto const whole = (bytes.size() + (3 * page) - 1) / page * page;
        std::vector<std::byte> area(whole, mark);
        auto const at = at_end ? whole - bytes.size() : page;
        std::ranges::copy(bytes, area.begin() + static_cast<std::ptrdiff_t>(at));
        auto const begin = world.room(whole + page);
        EXPECT_TRUE(world.kernel().user.write(begin, area));
        EXPECT_TRUE(world.kernel().space.unmap({begin + whole, begin + whole + page}));
        return begin + at;
    }
    std::uint64_t place(std::string_view text, bool at_end = false) {
        return place(std::as_bytes(std::span{text}), at_end);
    }

    std::uint64_t word_of(Given const& given, bool at_end) {
        using namespace std::string_view_literals;
        switch (given.is) {
        case Is::File:
        case Is::Epoll:
        case Is::Int:
            return given.value | marked_half;
        case Is::Long:
            return given.value;
        case Is::Path:
            return place("name\0"sv, at_end);
        case Is::Data:
            return place(std::string(payload, 'd'), at_end);
        case Is::Size:
            return payload;
        case Is::Out:
            return place(
                std::vector<std::byte>(std::max<std::uint64_t>(payload, 512), mark), at_end
            );
        case Is::Structure: {
            auto words = given.words;
            for (auto& word : words) {
                if (word == at_data) word = place(std::string(payload, 'd'));
                if (word == at_vector) {
                    std::array const entry{place(std::string(payload, 'd')), payload};
                    word = place(std::as_bytes(std::span{entry}));
                }
                if (word == at_out) word = place(std::vector<std::byte>(payload, mark));
                if (word == data_bytes) word = payload;
            }
            return place(std::as_bytes(std::span{words}), at_end);
        }
        default:
            return marked_word;
        }
    }

    Arguments arguments_of(Example const& example, bool at_end = false) {
        Arguments words{};
        for (unsigned i = 0; i < words.size(); ++i)
            words.at(i) = word_of(example.arguments.at(i), at_end);
        return words;
    }

    std::int64_t make(std::uint64_t number, Arguments const& words) {
        try {
            return world.call(number, words);
        } catch (Ended const&) {
            return 0;
        }
    }
};

std::string name_of(Example const& example) {
    return "system call " + std::to_string(example.number);
}

TEST(HostBorder, has_an_example_of_each_system_call) {
    std::set<std::uint64_t> known = inside;
    for (auto const& example : examples) known.insert(example.number);
    EXPECT_EQ(numbers_of_the_table(), known)
        << "a call of the table needs an example here, or is answered inside";
}

TEST(HostBorder, shows_what_the_row_says_and_keeps_nothing) {
    for (auto const answers : {Mood::Answers, Mood::Fails, Mood::Lies})
        for (auto const& example : examples)
            for (bool const at_end : {false, true}) {
                SCOPED_TRACE(name_of(example));
                Border fresh;
                fresh.mood = answers;
                fresh.make(example.number, fresh.arguments_of(example, at_end));
                EXPECT_GE(fresh.host_calls, 1U) << "nothing was tried";
                fresh.nothing_stays();
            }
}

TEST(HostBorder, shows_nothing_of_a_call_with_a_bad_argument) {
    for (auto const& example : examples)
        for (unsigned bad = 0; bad < 6; ++bad) {
            auto const is = example.arguments.at(bad).is;
            SCOPED_TRACE(name_of(example) + ", argument " + std::to_string(bad));
            Border fresh;
            auto words = fresh.arguments_of(example);
            if (is == Is::File || is == Is::Epoll)
                words.at(bad) = 77 | marked_half;
            else if (is == Is::Path || is == Is::Data || is == Is::Out || is == Is::Structure)
                words.at(bad) = fresh.place(std::string(2, 'x'), true); // and no byte more
            else
                continue;
            fresh.make(example.number, words);
            fresh.nothing_stays();
            if (fresh.host_calls != 0) continue;
            // Not even for a moment, for the host looks whenever it likes: what is wiped was shown.
            auto const data = fresh.world.block().subspan(hostcall::data_offset);
            std::ranges::fill(data, mark);
            fresh.make(example.number, words);
            EXPECT_EQ(fresh.host_calls, 0U);
            EXPECT_EQ(std::ranges::count(data, mark), std::ssize(data));
        }
}

TEST(HostBorder, shows_no_register_of_what_is_answered_inside) {
    for (auto const number : inside) {
        SCOPED_TRACE(number);
        Border fresh;
        fresh.make(
            number, {marked_word, marked_word, marked_word, marked_word, marked_word, marked_word}
        );
        fresh.nothing_stays();
    }
}

// Another thread closes the number while a call waits, and opens another file by it: with a handle
// of its own, or with the old one, which the host is free to give again.
void exchange_the_file_under(Example const& example, std::uint32_t handle, bool stream) {
    SCOPED_TRACE(name_of(example) + (handle == 7 ? ", handle given again" : ""));
    Border fresh;
    fresh.payload = 1 << 20;
    auto& files = fresh.world.kernel().files;
    fresh.world.kernel().threads[1].state = Thread::State::Idle;
    files.change(5, *files.find(5), [&](File& f) { f.stream = stream; });
    File const another{
        .kind = File::Kind::Host,
        .stream = true,
        .handle = handle,
        .room = 1,
        .quiet_until = ~0ULL,
        .opened = 2'000'000
    };
    bool exchanged = false;
    fresh.world.set_host([&](Call call, Arguments const& a, std::span<std::byte> bytes) {
        auto const kinds = Border::row(call);
        for (unsigned i = 0; i < kinds.size(); ++i) {
            if (kinds.at(i) != Argument::Handle) continue;
            EXPECT_NE(a.at(i), 55U);
            EXPECT_FALSE(exchanged && a.at(i) == 7 && handle == 7);
        }
        if (call == Call::Grow) return std::int64_t{0};
        auto const answered = fresh.answer(call, a, bytes);
        if (!exchanged) files.remove(5), files.put(5, another);
        exchanged = true;
        if (call == Call::EpollWait) return std::int64_t{1}; // of nothing: asked again
        return call == Call::Pread ? static_cast<std::int64_t>(a[1] >> 32) : answered;
    });
    fresh.make(example.number, fresh.arguments_of(example));
    if (!exchanged) return;
    auto const found = files.find(5);
    if (example.number == 33 || example.number == 292) return; // which replace it
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->same(another));
    EXPECT_EQ(found->room, another.room);
    EXPECT_EQ(found->quiet_until, another.quiet_until);
    EXPECT_EQ(found->flags, another.flags);
    EXPECT_TRUE(found->stream);
}

TEST(HostBorder, a_call_goes_on_with_the_file_that_it_began_with) {
    for (std::uint32_t const handle : {55U, 7U})
        for (bool const stream : {false, true})
            for (auto const& example : examples) exchange_the_file_under(example, handle, stream);
}

} // namespace
} // namespace shim
