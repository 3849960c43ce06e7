"""Predicts a launch digest with IBM's sev-snp-measure, by a Python that has it: predict_digest.py PAGES; prints it in hexadecimal.

PAGES is what snp-linux --pages has written. The save area is filled by its names in that library, with the values that the VMM has
set and those that KVM adds (SVME, the host's CR4.MCE, debug registers, the FPU at reset).
"""
import struct
import sys

from sevsnpmeasure.gctx import GCTX
from sevsnpmeasure.vmsa import SevEsSaveArea, VmcbSeg

C_BIT = 1 << 51
CODE, DATA, TASK = 0xa9b, 0xc93, 0x8b


def save_area():
    area = SevEsSaveArea()
    area.cs = VmcbSeg(0x10, CODE, 0xffffffff, 0)
    for name in ("es", "ss", "ds", "fs", "gs"):
        setattr(area, name, VmcbSeg(0x18, DATA, 0xffffffff, 0))
    area.tr = VmcbSeg(0, TASK, 0x67, 0)
    area.gdtr = VmcbSeg(0, 0, 31, 0x8000)
    area.idtr = VmcbSeg(0, 0, 0xffff, 0)
    area.efer = 0x1d00
    area.cr0, area.cr3, area.cr4 = 0x80000033, 0x1000 | C_BIT, 0x60
    area.dr6, area.dr7 = 0xffff0ff0, 0x400
    area.rflags, area.rip, area.rsp, area.rsi = 2, 0x1000200, 0x9000, 0x10000
    area.g_pat = 0x0007040600070406
    area.sev_features, area.xcr0 = 1, 1
    area.mxcsr, area.x87_fcw = 0x1f80, 0x37f
    return bytes(area)


def main():
    context = GCTX()
    with open(sys.argv[1], "rb") as pages:
        while head := pages.read(24):
            kind, at, size = struct.unpack("<QQQ", head)
            if kind == 1:
                context.update_normal_pages(at, pages.read(size))
            elif kind == 3:
                context.update_zero_pages(at, size)
            elif kind == 5:
                context.update_secrets_page(at)
            elif kind == 6:
                context.update_cpuid_page(at)
            else:
                sys.exit(f"a page of type {kind}")
    context.update_vmsa_page(save_area())
    print(context.ld().hex())


main()
