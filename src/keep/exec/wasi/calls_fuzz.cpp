// Plays arbitrary calls with arbitrary arguments on a small memory.
//
// The input is a list of steps. A step is the number of a function and, for each of its parameters,
// a byte that is the value or says how it is written: see Input::argument. One more number writes
// bytes into memory, so that structs and paths come about. Nothing may crash, reach outside of
// memory, or hang, and poll_oneoff writes nothing but one event for each subscription at most.

#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/wasi/fake_sockets.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "os/fd.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include <fcntl.h>

namespace {

using namespace exec;
using namespace exec::wasi;

constexpr std::size_t memory_size = 4096;
constexpr std::size_t slot_size = 64;

class Input {
public:
    explicit Input(std::span<std::uint8_t const> bytes) : bytes_{bytes} {}

    bool empty() const { return bytes_.empty(); }

    std::uint8_t byte() {
        if (bytes_.empty()) return 0;
        auto const value = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return value;
    }
    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) value |= std::uint64_t{byte()} << (8 * i);
        return value;
    }
    std::span<std::uint8_t const> take(std::size_t size) {
        auto const some = bytes_.first(std::min(size, bytes_.size()));
        bytes_ = bytes_.subspan(some.size());
        return some;
    }

    // Below 0x40: the value itself. Below 0x80: where a slot of memory begins. Below 0xc0: two
    // bytes follow. 0xff: all ones. Else as many bytes follow as the parameter has.
    template <class T> T argument() {
        auto const tag = byte();
        if (tag < 0x40) return tag;
        if (tag < 0x80) return static_cast<T>((tag - 0x40) * slot_size);
        if (tag < 0xc0) return static_cast<T>(number(2));
        if (tag == 0xff) return static_cast<T>(~T{0});
        return static_cast<T>(number(sizeof(T)));
    }

private:
    std::span<std::uint8_t const> bytes_;
};

// What the application starts with: streams at 0-2, a directory at 3, a read-only one at 4, a
// connection at 5, a listener at 6, connections that change their minds at 7 and 8.
struct World {
    World() : context{{.open_files = 32, .sockets = 8}} {
        static os::Fd const null{::open("/dev/null", O_RDWR | O_CLOEXEC)};
        connection.always_ready_fd = client.always_ready_fd = null.number();
        connection.incoming = "incoming";
        connection.rounds_until_ready = 2;
        client.peer_gone = true;
        must(context.add_null(0));
        must(context.add_stdio(null.number(), 1));
        must(context.add_stdio(null.number(), 2));
        must(context.add_directory(make_directory(), "/", false));
        must(context.add_directory(make_directory(), "read/only", true));
        must(context.add_connection(std::make_unique<net::FakeConnection>(connection), 0));
        must(context.add_listener(std::make_unique<net::FakeListener>(clients), 0));
        must(context.add_connection(std::make_unique<net::FickleConnection>(client, minds), 0));
        must(context.add_connection(std::make_unique<net::FickleConnection>(client, minds), 0));
        context.args = {"fuzzed", "", "argument"};
        context.environ = {"NAME=value"};
    }

    static std::unique_ptr<vfs::Directory> make_directory() {
        return vfs::make_memory(
            {.max_bytes = 1U << 20, .max_files = 64, .now = [time = 0ULL]() mutable {
                 return ++time;
             }}
        );
    }
    static void must(base::Result<Fd> const& added) {
        if (!added) std::abort();
    }

    net::Script connection;
    net::Script client;
    std::deque<net::Script*> clients{&client, &client};
    std::minstd_rand minds;
    Context context;
    std::vector<std::byte> bytes =
        std::vector<std::byte>(memory_size); // on the heap, between red zones
};

// The first subscription becomes one whose time has come: nobody waits here.
void cut_short(GuestMemory memory, std::uint32_t in) {
    Subscription now{};
    now.body.clock_or_fd = static_cast<std::uint32_t>(ClockId::Monotonic);
    (void)memory.write(Pointer<Subscription>{in}, now);
}

void check(Errno error) {
    if (error > Errno::NotCapable) std::abort();
}

// Whatever the connections answer, only the room for the events and for their number may change.
template <class Arguments>
void play_poll(World& world, GuestMemory memory, Arguments const& arguments, auto played) {
    auto const [in, out, count, events] = arguments;
    cut_short(memory, in);
    auto const before = world.bytes;
    auto const error = played();
    check(error);
    auto const written = memory.read(Pointer<std::uint32_t>{events});
    if (error == Errno::Success && written.value_or(0) > count) std::abort();
    for (std::size_t i = 0; i < before.size(); ++i) {
        bool const may = (i >= out && i - out < std::size_t{count} * sizeof(Event)) ||
                         (i >= events && i - events < sizeof(std::uint32_t));
        if (!may && before[i] != world.bytes[i]) std::abort();
    }
}

template <auto F, class... Raws>
void play(
    Errno (*call)(Context&, GuestMemory, Raws...), World& world, GuestMemory memory, Input& in
) {
    std::tuple<Raws...> arguments{in.argument<Raws>()...}; // braces: in this order
    auto const played = [&] {
        return std::apply(
            [&](auto... raw) { return call(world.context, memory, raw...); }, arguments
        );
    };
    if constexpr (std::is_same_v<Function<F>, Function<&poll_oneoff>>)
        play_poll(world, memory, arguments, played);
    else
        check(played());
}
template <auto F>
void play(
    void (*call)(Context&, GuestMemory, std::uint32_t), World& world, GuestMemory memory, Input& in
) {
    call(world.context, memory, in.argument<std::uint32_t>());
}

using Step = void (*)(World&, GuestMemory, Input&);

template <auto F> Step step_of(Function<F> /*function*/) {
    // It does nothing but give way, for long on a busy machine.
    if constexpr (std::is_same_v<Function<F>, Function<&exec::wasi::sched_yield>>)
        return [](World& /*world*/, GuestMemory /*memory*/, Input& /*in*/) {};
    return [](World& world, GuestMemory memory, Input& in) {
        play<F>(Function<F>::call, world, memory, in);
    };
}

void poke(World& world, GuestMemory, Input& in) {
    auto const at = in.byte() % (memory_size / slot_size) * slot_size;
    auto const bytes = in.take(std::min<std::size_t>(in.byte(), memory_size - at));
    std::ranges::copy(std::as_bytes(bytes), world.bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

auto const steps = std::apply(
    [](auto... functions_) { return std::array{step_of(functions_)..., Step{&poke}}; }, functions
);

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    World world;
    Input in{{data, size}};
    auto const first = in.byte();
    world.minds.seed(first);
    GuestMemory const memory{world.bytes.data(), world.bytes.size(), (first & 1) != 0};
    while (!in.empty()) steps[in.byte() % steps.size()](world, memory, in);
    return 0;
}
