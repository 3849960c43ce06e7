// The machine below a core that runs as an ordinary process.

#include "keep/shim/platform/machine.hpp"

#include "keep/shim/platform/fake/store.hpp"
#include "keep/shim/platform/fake/world.hpp"
#include "protocol/launch/machine.hpp"

#include <array>
#include <cstring>

namespace shim {

namespace {

// One world at a time: a machine has one memory, too.
struct State {
    fake::World* world = nullptr;
    std::byte* memory = nullptr;
    std::array<std::uint64_t, 2048> program_tables{};
    std::uint64_t thread_pointer = 0;
    std::uint64_t second_pointer = 0;
    std::uint64_t ticks = 0;
    std::function<std::uint64_t()> counter; // instead of `ticks`
    std::uint64_t flushes = 0;
    std::uint64_t random = 1;
};

State& state() {
    static State one;
    return one;
}

fake::Store& store() {
    static fake::Store one;
    return one;
}

} // namespace

void Machine::begin() {}
unsigned Machine::cpu() { return 0; }
void Machine::flush() { ++state().flushes; }
void Machine::ring_doorbell() { state().world->ring(); }
void Machine::relax() {}
std::uint64_t Machine::ticks() {
    auto const& counter = state().counter;
    return counter ? counter() : state().ticks += 1000;
}

base::Result<std::uint64_t> Machine::random() {
    // A test wants the same numbers each time.
    return state().random = state().random * 6364136223846793005ULL + 1442695040888963407ULL;
}

void Machine::set_thread_pointer(std::uint64_t base) { state().thread_pointer = base; }
std::uint64_t Machine::thread_pointer() { return state().thread_pointer; }
void Machine::set_second_pointer(std::uint64_t base) { state().second_pointer = base; }
std::uint64_t Machine::second_pointer() { return state().second_pointer; }
std::size_t Machine::extended_state_size() { return 576; }
std::uint64_t Machine::extended_state_mask() { return 3; }
void Machine::save_extended_state(std::byte* at) { std::memset(at, 0, 576); }
bool Machine::load_extended_state(std::byte*) { return true; }
void Machine::clean_extended_state() {}
std::uint64_t Machine::control_words() { return 0x1f80; }
void Machine::set_control_words(std::uint64_t) {}
hw::PhysAddr Machine::root() { return {}; }
std::byte* Machine::memory() { return state().memory; }
void Machine::extend_window(hw::PhysAddr, hw::PhysAddr) {}
std::uint64_t* Machine::program_tables() { return state().program_tables.data(); }
base::Result<hw::PhysAddr> Machine::prepare_cpu(PagePool&, unsigned) {
    return std::unexpected(base::Errno::Again);
}

void end_keep(Kernel&, End const& end) { throw fake::Ended{end}; }

void give_up(Kernel& kernel, std::string_view, std::uint64_t) {
    end_keep(kernel, {.status = protocol::hostcall::failed_status});
}

void log(Kernel&, std::string_view, std::uint64_t) {}

namespace fake {

namespace launch = protocol::launch;
using protocol::hostcall::Header;
using protocol::hostcall::Turn;

World::World(Memory memory) {
    store().clear(memory.busy);
    kernel_ = std::make_unique<Kernel>(store().tables());
    auto& machine = state();
    machine = {};
    machine.world = this;
    machine.memory = store().memory();
    kernel_->host.attach(0, machine.memory + launch::block_address);
    kernel_->batch.attach(machine.memory + launch::batch_address);
    kernel_->clock = Clock::starting(0, 0, second_ns, 1'700'000'000 * second_ns, 2'000'000);
    // Fails only for ranges that are not these.
    static_cast<void>(kernel_->pool.add(
        {launch::files_address, memory.first},
        {launch::table_address, launch::files_address},
        memory.limit
    ));
    kernel_->space.set_places(
        program_space.begin + (64ULL << 30), program_space.begin + (1ULL << 30)
    );
    kernel_->threads[0].state = Thread::State::Running;
    kernel_->threads[0].id = kernel_->next_thread_id++;
    host_ = [](Call, Arguments const&, std::span<std::byte>) {
        return -static_cast<std::int64_t>(base::Errno::NoSys);
    };
}

World::~World() { state().memory = nullptr; }

void World::set_counter(std::function<std::uint64_t()> counter) {
    state().counter = std::move(counter);
}

std::uint64_t World::flushes() { return state().flushes; }

std::span<std::byte> World::block() const {
    return {Machine::memory() + launch::block_address, protocol::hostcall::block_size};
}

std::span<std::byte> World::batch() const {
    return {Machine::memory() + launch::batch_address, protocol::hostcall::batch_size};
}

void World::ring() {
    auto const bytes = block();
    auto& header = *reinterpret_cast<Header*>(bytes.data());
    Arguments arguments{};
    std::copy_n(header.arguments, arguments.size(), arguments.begin());
    header.answer = host_(
        static_cast<Call>(header.number), arguments, bytes.subspan(protocol::hostcall::data_offset)
    );
    header.turn = static_cast<std::uint64_t>(Turn::Keep);
}

std::int64_t World::call(std::uint64_t number, Arguments const& arguments) {
    frame_.vector = Vector::SystemCall;
    frame_.cs = user_code_selector;
    frame_.rax = number;
    frame_.rdi = arguments[0];
    frame_.rsi = arguments[1];
    frame_.rdx = arguments[2];
    frame_.r10 = arguments[3];
    frame_.r8 = arguments[4];
    frame_.r9 = arguments[5];
    on_event(*kernel_, frame_);
    return static_cast<std::int64_t>(frame_.rax);
}

void World::raise(Frame& frame) { on_event(*kernel_, frame); }

std::uint64_t World::room(std::uint64_t size) {
    return kernel_->space.map(larger(size, 1), Access::Read | Access::Write).value_or(0);
}

std::uint64_t World::put(std::span<std::byte const> bytes) {
    auto const at = room(bytes.size());
    static_cast<void>(kernel_->user.write(at, bytes).has_value());
    return at;
}

std::uint64_t World::put(std::string_view text) {
    std::vector<char> bytes(text.begin(), text.end());
    bytes.push_back('\0');
    return put(std::as_bytes(std::span{bytes}));
}

std::vector<std::byte> World::get(std::uint64_t at, std::uint64_t size) {
    std::vector<std::byte> bytes(size);
    if (!kernel_->user.read(at, bytes)) bytes.clear();
    return bytes;
}

} // namespace fake

} // namespace shim
