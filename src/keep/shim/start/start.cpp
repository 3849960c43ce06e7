// The first steps of every vCPU, and the last one of the Keep.

#include "keep/shim/start/start.hpp"

#include "keep/shim/host/message.hpp"
#include "keep/shim/platform/cpu_area.hpp"
#include "keep/shim/thread/schedule.hpp"
#include "protocol/launch/traits.hpp"

#include <cstring>
#include <new>

namespace shim {

namespace launch = protocol::launch;
using namespace protocol::hostcall;

extern "C" launch::ImageHeader const image_header;

namespace {

[[gnu::section(".bss.reserve")]] constinit Tables tables;
alignas(Kernel) constinit std::array<std::byte, sizeof(Kernel)> kernel_memory{};

// Safety: shim_start makes the Kernel before anything else runs.
Kernel& the_kernel() { return *std::launder(reinterpret_cast<Kernel*>(kernel_memory.data())); }

// Where things go: program, heap, mappings, stack, each a random number of large pages further.
struct Places {
    std::uint64_t program;
    std::uint64_t mappings;
    std::uint64_t stack_top;
    std::uint64_t vdso;
};

bool interrupted_shim(Frame const& frame) {
    Range const stacks{cpu_area_address, cpu_area_address + cpu_area_pages * hw::page_size};
    return (frame.cs & 3) == 0 || stacks.contains(frame.rsp);
}

constexpr std::uint64_t slide_steps = 1 << 14; // of 2 MiB: 32 GiB

base::Result<Places> choose_places() {
    auto const random = TRY(Machine::random());
    auto const slide = [random](unsigned shift) {
        return (random >> shift) % slide_steps * large_page_size;
    };
    std::uint64_t const quarter = 128ULL << 30;
    std::uint64_t const stack = program_space.begin + 2 * quarter + slide(28);
    return Places{
        .program = program_space.begin + slide(0),
        .mappings = program_space.begin + 3 * quarter + slide(14),
        .stack_top = stack + 32 * large_page_size,
        .vdso = stack + 64 * large_page_size,
    };
}

base::Result<void> start_program(Kernel& kernel, Frame& frame) {
    auto const boot = TRY(fetch_boot());
    TRY(check_places(boot, image_header.program));
    TRY(configure(kernel, boot));
    auto const places = TRY(choose_places());
    TRY(kernel.program.open(boot, image_header.program));
    auto const program = TRY(load_program(kernel, places.program));
    kernel.space.set_places(places.mappings, round_up(program.range.end, large_page_size));
    auto const vdso = TRY(map_vdso(kernel, places.vdso));
    StackContents const contents{
        .strings = {physical(hw::PhysAddr{launch::strings_address}), boot.strings_size},
        .arguments = boot.argument_count,
        .environment = boot.environment_count,
        .vdso = vdso,
        .traits = (image_header.program.size == 0 ? 0 : launch::own_code_only) |
                  (Machine::vouched() ? launch::vouched_by_snp : 0),
    };
    auto const stack = TRY(make_stack(kernel, places.stack_top, contents, program));
    auto& thread = kernel.threads[0];
    thread.state = Thread::State::Running;
    thread.id = kernel.next_thread_id++;
    frame = {
        .rip = program.entry,
        .cs = user_code_selector,
        .rflags = interrupt_flag | 2,
        .rsp = stack,
        .ss = user_data_selector
    };
    return {};
}

} // namespace

void log(Kernel& kernel, std::string_view text, std::uint64_t number) {
    std::array<char, 160> line{};
    std::size_t length = std::min(text.size(), line.size() - 24);
    std::memcpy(line.data(), text.data(), length);
    line[length++] = ' ';
    line[length++] = '0';
    line[length++] = 'x';
    for (int shift = 60; shift >= 0; shift -= 4)
        if (shift == 0 || number >> shift != 0)
            line[length++] = "0123456789abcdef"[number >> shift & 15];
    auto const extent = *Extent::create(0, length);
    Message message{kernel.host};
    message.shown().put(0, std::as_bytes(std::span{line}.first(length)));
    // Nothing depends on whether the host has shown it.
    static_cast<void>(kernel.host.call(Call::Log, {extent.encode()}, 0));
}

void end_keep(Kernel& kernel, End const& end) {
    if (auto const checked = kernel.program.checked(); kernel.verbose && checked != 0)
        log(kernel, "pages of the program checked", checked);
    auto const reason = static_cast<std::uint64_t>(end.reason);
    Arguments const words{end.status, end.signal, reason, end.detail};
    for (;;) static_cast<void>(kernel.host.call(Call::Exit, words, 0));
}

void give_up(Kernel& kernel, std::string_view reason, std::uint64_t detail) {
    log(kernel, reason, detail);
    end_keep(kernel, {failed_status, 0, EndReason::GaveUp, detail});
}

extern "C" void shim_start(Frame* frame) {
    auto& kernel = *new (kernel_memory.data()) Kernel{tables};
    Machine::begin();
    Machine::clean_extended_state();
    kernel.host.attach(0, physical(hw::PhysAddr{launch::block_address}));
    kernel.batch.attach(physical(hw::PhysAddr{launch::batch_address}));
    kernel.enter();
    auto const started = start_program(kernel, *frame);
    if (!started)
        give_up(
            kernel,
            "the program cannot be loaded, errno",
            static_cast<std::uint64_t>(started.error())
        );
    kernel.leave();
}

extern "C" void shim_start_secondary(Frame* frame) {
    Machine::begin();
    auto& kernel = the_kernel();
    kernel.enter();
    if (!kernel.thread().alive()) give_up(kernel, "a vCPU that nobody asked for", Machine::cpu());
    begin_thread(kernel, *frame);
    kernel.leave();
}

extern "C" void shim_event(Frame* frame) {
    auto& kernel = the_kernel();
    // Before the lock, which this vCPU may hold. The shim never faults: a defect or an attack.
    if (interrupted_shim(*frame)) give_up(kernel, "exception inside the shim at", frame->rip);
    kernel.enter();
    on_event(kernel, *frame);
    kernel.leave();
}

} // namespace shim
