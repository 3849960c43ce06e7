// What Bochs' CPU wants around itself: parameters by name, loggers, ports, memory. There is no
// device and no window.
#include "engine/bochs/bochs.hpp"
#include "engine/processor.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <gui/gui.h>
#include <gui/siminterface.h>
#include <iodev/iodev.h>

namespace {

using namespace model::engine;

// Every number is 0 but for these.
Bit64u value_of(std::string_view name) {
    if (name == BXPN_SMP_QUANTUM) return BX_MAX_TRACE_LENGTH;
    return name == BXPN_CPU_NPROCESSORS || name == BXPN_CPU_NCORES || name == BXPN_CPU_NTHREADS ? 1
                                                                                                : 0;
}

class Parameters final : public bx_simulator_interface_c {
public:
    bx_param_num_c* get_param_num(char const* name, bx_param_c*) override {
        return find<bx_param_num_c>(name, [&] {
            return new bx_param_num_c(nullptr, "n", "", "", 0, BX_MAX_BIT64U, value_of(name));
        });
    }
    bx_param_bool_c* get_param_bool(char const* name, bx_param_c*) override {
        return find<bx_param_bool_c>(name, [] {
            return new bx_param_bool_c(nullptr, "b", "", "", 0);
        });
    }
    bx_param_string_c* get_param_string(char const* name, bx_param_c*) override {
        // What EPYC has and Bochs' Ryzen has not.
        char const* const value =
            std::string_view{name} == BXPN_CPU_ADD_FEATURES ? "umip,pku,rdpid,invpcid" : "";
        return find<bx_param_string_c>(name, [value] {
            return new bx_param_string_c(nullptr, "s", "", "", value, 256);
        });
    }
    bx_param_enum_c* get_param_enum(char const* name, bx_param_c*) override {
        static char const* models[] = {"ryzen", nullptr};
        return find<bx_param_enum_c>(name, [] {
            return new bx_param_enum_c(nullptr, "e", "", "", models, 0);
        });
    }
    bx_list_c* get_statistics_root() override { return nullptr; }
    bx_list_c* get_bochs_root() override { return nullptr; }

private:
    template <class T, class Make> T* find(char const* name, Make make) {
        auto& found = known_[name];
        if (found == nullptr) found = make(); // lives as long as the program
        return static_cast<T*>(found);
    }
    std::map<std::string, bx_param_c*> known_;
};

Parameters parameters;

void say(char const* what, char const* format, std::va_list arguments) {
    std::fprintf(stderr, "tee-model: engine: %s: ", what);
    std::vfprintf(stderr, format, arguments);
    std::fputc('\n', stderr);
}

std::byte* page_of(BX_CPU_C* cpu, bx_phy_address at) {
    if (auto* const map = map_page(at)) return map;
    return cpu_of(*cpu).world().page(at);
}

// Bochs joins a page's address with an offset by OR: pages of the World are aligned.
Bit8u* bytes_at(std::byte* page, bx_phy_address at) {
    return reinterpret_cast<Bit8u*>(page) + (at & 0xfff); // Safety: page() gives 4096 bytes
}

} // namespace

// Bochs' globals, by the names that it knows.
// NOLINTBEGIN(readability-identifier-naming,misc-use-internal-linkage,misc-use-anonymous-namespace)
// NOLINTBEGIN(cert-dcl50-cpp,modernize-avoid-variadic-functions)
bx_simulator_interface_c* SIM = &parameters;
class bx_gui_c* bx_gui = nullptr;
iofunc_t* io = nullptr;
logfunc_t* genlog = nullptr;
logfunctions* pluginlog = nullptr;
bx_debug_t bx_dbg;
Bit8u bx_cpu_count = 0;
Bit32u apic_id_mask = 0xff;
bx_pc_system_c bx_pc_system;
static BX_CPU_C* all_cpus[model::engine::most_cpus];
BX_CPU_C** bx_cpu_array = all_cpus;
BX_MEM_C bx_mem;
bx_devices_c bx_devices;
bool bx_user_quit = false;
bool simulate_xapic = true;
logfunctions* siminterface_log = nullptr;
bx_list_c* root_param = nullptr;
void bx_gui_c::cleanup() {}
Bit32u bx_pci_device_c::pci_read_handler(Bit8u, unsigned) { return 0; }

logfunctions::logfunctions() = default;
logfunctions::logfunctions(class iofunctions*) {}
logfunctions::~logfunctions() = default;
void logfunctions::put(char const*) {}
void logfunctions::put(char const*, char const*) {}
void logfunctions::panic(char const* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    say("panic", format, arguments);
    std::_Exit(125);
}
void logfunctions::fatal1(char const* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    say("fatal", format, arguments);
    std::_Exit(125);
}
void logfunctions::info(char const*, ...) {}
void logfunctions::error(char const*, ...) {}
void logfunctions::ldebug(char const*, ...) {}
// NOLINTEND(cert-dcl50-cpp,modernize-avoid-variadic-functions)
// NOLINTEND(readability-identifier-naming,misc-use-internal-linkage,misc-use-anonymous-namespace)

// Ports are intercepted: nothing arrives here.
bx_devices_c::bx_devices_c() { init_stubs(); }
bx_devices_c::~bx_devices_c() = default;
void bx_devices_c::init_stubs() {
    pluginCmosDevice = &stubCmos;
    pluginDmaDevice = &stubDma;
    pluginPicDevice = &stubPic;
    pluginIOAPIC = &stubIOAPIC;
}
void bx_devices_c::reset(unsigned) {}
void bx_devices_c::exit() {}
Bit32u bx_devices_c::inp(Bit16u, unsigned) { return 0xffffffff; }
void bx_devices_c::outp(Bit16u, Bit32u, unsigned) {}

BX_MEMORY_STUB_C::BX_MEMORY_STUB_C() = default;
BX_MEMORY_STUB_C::~BX_MEMORY_STUB_C() = default;
BX_MEM_C::BX_MEM_C() = default;
BX_MEM_C::~BX_MEM_C() = default;
Bit64u BX_MEMORY_STUB_C::get_memory_len() { return 1ULL << 51; }
bool BX_MEMORY_STUB_C::is_monitor(bx_phy_address, unsigned) { return false; }
void BX_MEMORY_STUB_C::check_monitor(bx_phy_address, unsigned) {}
Bit8u* BX_MEM_C::getHostMemAddr(BX_CPU_C* cpu, bx_phy_address at, unsigned) {
    auto* const page = page_of(cpu, at);
    return page == nullptr ? nullptr : bytes_at(page, at);
}
void BX_MEM_C::readPhysicalPage(BX_CPU_C* cpu, bx_phy_address at, unsigned size, void* to) {
    if (auto* const page = page_of(cpu, at)) {
        std::memcpy(to, bytes_at(page, at), size);
        return;
    }
    auto& mine = cpu_of(*cpu);
    if (!mine.world().device(mine, at, {static_cast<std::byte*>(to), size}, false))
        follow(*cpu, Answer::leave());
}
void BX_MEM_C::writePhysicalPage(BX_CPU_C* cpu, bx_phy_address at, unsigned size, void* from) {
    if (auto* const page = page_of(cpu, at)) {
        pageWriteStampTable.decWriteStamp(at, size);
        std::memcpy(bytes_at(page, at), from, size);
        return;
    }
    auto& mine = cpu_of(*cpu);
    if (!mine.world().device(mine, at, {static_cast<std::byte*>(from), size}, true))
        follow(*cpu, Answer::leave());
}
bool BX_MEM_C::dbg_fetch_mem(BX_CPU_C* cpu, bx_phy_address at, unsigned size, Bit8u* to) {
    auto* const page = page_of(cpu, at);
    if (page == nullptr) return false;
    std::memcpy(to, bytes_at(page, at), size);
    return true;
}
