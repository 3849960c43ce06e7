// The machine below a core that runs as an ordinary process.

#include "keep/shim/platform/machine.hpp"

#include "keep/shim/platform/fake/audit.hpp"
#include "keep/shim/platform/fake/store.hpp"
#include "keep/shim/platform/fake/world.hpp"
#include "keep/shim/snp/code_key.hpp"
#include "keep/shim/snp/report.hpp"
#include "protocol/launch/machine.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_set>
#include <vector>

namespace shim {

namespace {

struct Cpu {
    fake::Remembered remembered;
    Frame frame{};
    bool in_program = true;
    bool kicked = false;
};

// One world at a time: a machine has one memory, too.
struct State {
    fake::World* world = nullptr;
    std::byte* memory = nullptr;
    std::array<std::uint64_t, 2048> program_tables{};
    std::uint64_t thread_pointer = 0;
    std::uint64_t second_pointer = 0;
    std::uint64_t ticks = 0;
    std::function<std::uint64_t()> counter; // instead of `ticks`
    std::optional<std::uint64_t> own_tsc_khz;
    unsigned cpu = 0;
    std::array<Cpu, fake::most_cpus> cpus;
    fake::Reports reports;
    fake::CodeKeys code_keys;
    bool own_memory = false;
    std::unordered_set<std::byte*> accepted; // pages
    bool lock_demanded = false;
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

Cpu& this_cpu() { return state().cpus.at(state().cpu); }

// The host-call blocks of further vCPUs.
std::span<std::byte> further_block(unsigned cpu) {
    static std::vector<std::byte> all(
        (fake::most_cpus - 1) * protocol::hostcall::block_size, std::byte{}
    );
    return std::span{all}.subspan(
        (cpu - 1) * protocol::hostcall::block_size, protocol::hostcall::block_size
    );
}

} // namespace

std::uint64_t Machine::own_page() { return 0; }

Cpuid Machine::cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
    Cpuid of{.eax = leaf, .ebx = 0, .ecx = subleaf, .edx = 0};
    asm volatile("cpuid" : "+a"(of.eax), "=b"(of.ebx), "+c"(of.ecx), "=d"(of.edx));
    return of;
}

void Machine::begin() {}
unsigned Machine::cpu() { return state().cpu; }
void Machine::flush() { this_cpu().remembered.clear(); }
bool Machine::others_remember() { return true; }
void Machine::end_kick() {}
bool Machine::owns_memory() { return state().own_memory; }

namespace {

// Between the instruction and what a vCPU knows of it no other one may come.
void demand_lock_held() {
    auto& machine = state();
    if (machine.lock_demanded && !machine.world->kernel().locked())
        throw fake::Misused{"memory changes hands without the lock"};
}

} // namespace

void Machine::accept(std::byte* at, std::uint64_t size) {
    if (!state().own_memory) return;
    demand_lock_held();
    // As TDX has it: who accepts a page again takes it for new, and it is not.
    for (std::uint64_t done = 0; done < size; done += hw::page_size)
        if (!state().accepted.insert(at + done).second) throw fake::Misused{"accepted twice"};
    std::memset(at, 0, size);
}

void Machine::give_back(hw::PhysAddr at, std::uint64_t size) {
    if (!state().own_memory) return;
    demand_lock_held();
    for (std::uint64_t done = 0; done < size; done += hw::page_size)
        if (state().accepted.erase(physical(at) + done) == 0)
            throw fake::Misused{"given back twice"};
}

void Machine::ring_doorbell() {
    if (auto* const world = state().world) world->ring();
}
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
std::optional<std::uint64_t> Machine::own_tsc_khz() { return state().own_tsc_khz; }
bool Machine::vouched() { return state().reports != nullptr; }
std::byte* Machine::memory() { return state().memory; }
void Machine::extend_window(hw::PhysAddr, hw::PhysAddr, Whose) {}
void Machine::let_in(unsigned, hw::PhysAddr) {}
Range Machine::first_tables() {
    return {protocol::launch::table_address, protocol::launch::files_address};
}
hw::PhysAddr Machine::further_block(unsigned) { return {}; }
std::uint64_t Machine::end_of_places(unsigned) { return protocol::launch::files_address; }
bool Machine::answer_exception(Kernel&, Frame&) { return false; }
std::uint64_t* Machine::program_tables() { return state().program_tables.data(); }
base::Result<hw::PhysAddr> Machine::prepare_cpu(PagePool& pool, unsigned) {
    constexpr unsigned tables_and_area = 10;
    hw::PhysAddr root{};
    for (unsigned i = 0; i < tables_and_area; ++i) {
        auto const page = TRY(pool.table());
        if (i == 0) root = page;
    }
    return root;
}

void end_keep(Kernel&, End const& end) { throw fake::Ended{end}; }

base::Result<std::size_t> snp::report(
    protocol::evidence::Purpose purpose, base::View bound, std::span<std::byte, largest_report> to
) {
    return state().reports(purpose, bound, to);
}

base::Result<snp::Key> snp::code_key(Origin const& origin) { return state().code_keys(origin); }
void snp::give_up_code_key() { (void)state().code_keys({}); }

void give_up(Kernel& kernel, std::string_view, std::uint64_t) {
    end_keep(kernel, {.status = protocol::hostcall::failed_status});
}

void log(Kernel&, std::string_view, std::uint64_t) {}

namespace fake {

namespace launch = protocol::launch;
using protocol::hostcall::Header;
using protocol::hostcall::Turn;

World::World(Memory memory) : cpus_{memory.cpus} {
    store().clear(memory.busy);
    if (memory.own) store().soil_tables(); // as the host leaves what the Keep has not taken
    kernel_ = std::make_unique<Kernel>(store().tables());
    auto& machine = state();
    machine = {};
    machine.world = this;
    machine.memory = store().memory();
    machine.own_memory = memory.own;
    if (memory.own) {
        // The host has left something in all of it.
        std::memset(
            machine.memory + launch::table_address, 0xa5, memory.limit - launch::table_address
        );
    }
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
    kernel_->max_threads = cpus_;
    kernel_->threads.reach(most_cpus);
    for (unsigned cpu = cpus_; cpu-- > 0;) {
        on(cpu);
        if (cpu != 0) {
            std::ranges::fill(further_block(cpu), std::byte{});
            kernel_->host.attach(cpu, further_block(cpu).data());
        }
        kernel_->threads[cpu].state = Thread::State::Running;
        kernel_->threads[cpu].id = cpu + 1;
        kernel_->enter();
        kernel_->leave();
    }
    kernel_->next_thread_id = cpus_ + 1;
    host_ = [](Call, Arguments const&, std::span<std::byte>) { return error(base::Errno::NoSys); };
}

World::~World() { state().memory = nullptr; }

void World::set_reports(Reports reports) { state().reports = std::move(reports); }
void World::set_code_keys(CodeKeys keys) { state().code_keys = std::move(keys); }

void World::set_own_tsc(std::optional<std::uint64_t> khz) { state().own_tsc_khz = khz; }
void World::set_counter(std::function<std::uint64_t()> counter) {
    state().counter = std::move(counter);
}

std::span<std::byte> World::block() const {
    if (state().cpu != 0) return further_block(state().cpu);
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
    header.answer = answer(
        static_cast<Call>(header.number), arguments, bytes.subspan(protocol::hostcall::data_offset)
    );
    header.turn = static_cast<std::uint64_t>(Turn::Keep);
}

std::int64_t World::call(std::uint64_t number, Arguments const& arguments) {
    auto& frame = this->frame();
    frame.vector = Vector::SystemCall;
    frame.cs = user_code_selector;
    frame.rax = number;
    frame.rdi = arguments[0];
    frame.rsi = arguments[1];
    frame.rdx = arguments[2];
    frame.r10 = arguments[3];
    frame.r8 = arguments[4];
    frame.r9 = arguments[5];
    enter(frame);
    return static_cast<std::int64_t>(frame.rax);
}

void World::raise(Frame& frame) { enter(frame); }
Frame& World::frame() { return this_cpu().frame; }

void World::enter(Frame& frame) {
    struct Back { // a test may go on after the Keep's end
        World& world;
        Cpu& cpu = this_cpu();
        explicit Back(World& of) : world{of} {}
        Back(Back const&) = delete;
        Back& operator=(Back const&) = delete;
        ~Back() {
            world.kernel_->leave();
            cpu.in_program = true;
        }
    };
    {
        this_cpu().in_program = false;
        kernel_->enter();
        Back const back{*this};
        on_event(*kernel_, frame);
    }
    let_kicked_go_on();
}

bool World::owns(hw::PhysAddr page) { return state().accepted.contains(physical(page)); }
void World::demand_lock() { state().lock_demanded = true; }

void World::on(unsigned cpu) { state().cpu = cpu; }
bool World::kicked(unsigned cpu) const { return state().cpus.at(cpu).kicked; }

// They enter the shim and wait for the lock.
void World::kick(std::uint64_t cpus) {
    auto const caller = state().cpu;
    for (unsigned i = 0; i < cpus_; ++i) {
        if ((cpus >> i & 1) == 0) continue;
        on(i);
        this_cpu().kicked = true;
        this_cpu().in_program = false;
        kernel_->translations.left_program();
    }
    on(caller);
}

void World::let_kicked_go_on() {
    auto const caller = state().cpu;
    for (unsigned i = 0; i < cpus_; ++i) {
        if (!kicked(i)) continue;
        on(i);
        Frame frame{};
        frame.vector = Vector::Kick;
        frame.cs = user_code_selector;
        kernel_->enter();
        on_event(*kernel_, frame);
        kernel_->leave();
        this_cpu().kicked = false;
        this_cpu().in_program = true;
    }
    on(caller);
}

std::int64_t World::answer(Call call, Arguments const& arguments, std::span<std::byte> data) {
    if (call != Call::Kick) return host_(call, arguments, data);
    ++kicks_;
    // Whoever is in the program still relies on what it remembers.
    if (broken_ == nullptr) broken_ = audit();
    if (lost_kicks_ == 0)
        kick(arguments[0]);
    else
        --lost_kicks_;
    return 0;
}

std::optional<hw::PhysAddr> World::touch(std::uint64_t at, Access access) {
    PageTable table{kernel_->pool};
    auto const may = [access](Entry entry) {
        return entry.get<Entry::Present>() &&
               (!allows(access, Access::Write) || entry.get<Entry::Writable>()) &&
               (!allows(access, Access::Execute) || !entry.get<Entry::NoExecute>());
    };
    for (unsigned tries = 0; tries < 3; ++tries) {
        auto const* known = this_cpu().remembered.find(at);
        auto const* const now = known == nullptr ? table.find(at) : known;
        if (now != nullptr && may(*now)) {
            std::uint64_t const size = now->get<Entry::Large>() ? large_page_size : hw::page_size;
            hw::PhysAddr const place{round_down(now->address().raw(), size) + at % size};
            if (known == nullptr) this_cpu().remembered.learn(at, *now, size);
            return place;
        }
        bool const present = now != nullptr && now->get<Entry::Present>();
        this_cpu().remembered.forget(at);
        Frame fault{};
        fault.vector = Vector::PageFault;
        fault.cs = user_code_selector;
        fault.fault_address = at;
        fault.error = (present ? page_fault::present : 0) |
                      (allows(access, Access::Write) ? page_fault::write : 0) |
                      (allows(access, Access::Execute) ? page_fault::fetch : 0);
        raise(fault);
    }
    return {};
}

void World::learn_all() {
    for (auto& cpu : std::span{state().cpus}.first(cpus_)) cpu.remembered.learn_all();
}

char const* World::audit() {
    if (broken_ != nullptr) return broken_;
    for (auto const& cpu : std::span{state().cpus}.first(cpus_))
        if (auto const* const broken = cpu.in_program ? cpu.remembered.audit() : nullptr)
            return broken;
    return nullptr;
}

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
