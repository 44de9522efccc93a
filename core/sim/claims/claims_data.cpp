// What the papers say, with where it stands and how sure that is. Marks: paper (read in its text or
// tables), code (read in or produced by the authors' code), abstract, unverified (recollected),
// ours (worked out by us from facts of the paper).
#include "core/base/registry.h"
#include "core/sim/claims/claims.h"

namespace vitrine::sim
{

namespace
{

using enum Probe::Relation;

constexpr const char* kTableIX =
    "Table IX; one DSP read as one 8-bit MAC at 500 MHz (ours): then this is the utilisation";
constexpr const char* kFitted =
    "Table IX, beside the model with 4800 cycles per block: one constant fitted to two points";
constexpr const char* kTableVII =
    "Table VII, W8A8, another resource budget that could not be read: not comparable";
constexpr const char* kAblation =
    "Pipeline ablation, normalised latency; ours from the lanes of the side processors";
constexpr const char* kScript =
    "From the authors' cycle script (8 x 8 + 8 x 8) with L = 16; backbone without head";
constexpr const char* kWorked = "The reference network worked by hand, without rounding up";
constexpr const char* kChained = "The reference network worked by hand, activations of 12 bit";
constexpr const char* kCycleTable = "Worked by hand, 64 x 64 at 500 MHz";
constexpr const char* kScaleSim =
    "Five layers as SCALE-Sim v2 (commit 22f88b1) reports them: the index of the last cycle";
constexpr const char* kClosedForm = "Five layers by the closed form of the tool's count";
constexpr const char* kFigures = "EDP against FBNet on Eyeriss, read off figures 6 and 8 "
                                 "(+-0.03e-6 J s); ours computes without memory";
constexpr const char* kFbnet10 = "fbnet@cifar10";
constexpr const char* kFbnet100 = "fbnet@cifar100";

constexpr Probe savingOn(const char* model, const char* rival)
{
    return {"edp", model, "", saving, rival, ""};
}

// One claim a line.
// clang-format off
constexpr Claim kClaims[] = {
    // P²-ViT
    {"p2vit", "GOPS per DSP, DeiT-Tiny", 0.890, "GOPS/DSP", Mark::paper, kTableIX, {"utilisation", "deit-tiny"}},
    {"p2vit", "GOPS per DSP, DeiT-Small", 0.923, "GOPS/DSP", Mark::paper, kTableIX, {"utilisation", "deit-small"}},
    {"p2vit", "GOPS per DSP, DeiT-Tiny", 0.890, "GOPS/DSP", Mark::paper, kFitted, {"utilisation", "deit-tiny", "block_overhead=4800"}},
    {"p2vit", "GOPS per DSP, DeiT-Small", 0.923, "GOPS/DSP", Mark::paper, kFitted, {"utilisation", "deit-small", "block_overhead=4800"}},
    {"p2vit", "Both pipelines off", 1.57, "1", Mark::paper, kAblation, {"cycles", "deit-tiny", "", over, "", "inter_layer=0,intra_layer=0"}},
    {"p2vit", "Pipeline inside attention off", 1.32, "1", Mark::paper, kAblation, {"cycles", "deit-tiny", "", over, "", "intra_layer=0"}},
    {"p2vit", "FPS per DSP, DeiT-Small", 0.068, "FPS/DSP", Mark::paper, kTableVII, {}},
    {"p2vit", "FPS per DSP, DeiT-Base", 0.023, "FPS/DSP", Mark::paper, kTableVII, {}},
    {"p2vit", "GOPS per DSP, DeiT-Small", 0.623, "GOPS/DSP", Mark::paper, kTableVII, {}},
    {"p2vit", "GOPS per DSP, DeiT-Base", 0.799, "GOPS/DSP", Mark::paper, kTableVII, {}},
    {"p2vit", "HeatViT, GOPS per DSP, DeiT-Tiny", 0.160, "GOPS/DSP", Mark::paper, "Table IX, rival", {}},
    {"p2vit", "TCAS-I'23, GOPS per DSP, DeiT-Tiny", 0.486, "GOPS/DSP", Mark::paper, "Table IX, rival", {}},
    {"p2vit", "Speed over GPU Turing tensor cores", 10.1, "1", Mark::abstract, "The baselines' latencies could not be read", {}},
    {"p2vit", "Energy efficiency over GPU Turing tensor cores", 36.8, "1", Mark::abstract, "The baselines could not be read", {}},

    // EfficientViT FPGA
    {"efficientvit", "Throughput", 780.2, "GOPS", Mark::paper, "Model and resolution not named; beside B1 at 224, mode a", {"gops", "efficientvit-b1@224"}},
    {"efficientvit", "Throughput", 780.2, "GOPS", Mark::paper, "Beside B1 at 224, mode b (nothing omitted)", {"gops", "efficientvit-b1@224", "mode=1"}},
    {"efficientvit", "Throughput", 780.2, "GOPS", Mark::paper, "Beside B2 at 288, mode a", {"gops", "efficientvit-b2@288"}},
    {"efficientvit", "Utilisation", 780.2 / 819.2, "1", Mark::ours, "780.2 of 819.2 GOPS; beside B1 at 224, mode a", {"utilisation", "efficientvit-b1@224"}},
    {"efficientvit", "Energy efficiency", 105.1, "GOPS/W", Mark::paper, "Our energy per MAC is solved for this paper's power: not independent", {"gops_per_watt", "efficientvit-b1@224"}},
    {"efficientvit", "Unit cycles, B1 at 224", 4005490, "cycle", Mark::code, kScript, {"unit_cycles", "efficientvit-b1@224"}},
    {"efficientvit", "Unit cycles, B1 at 256", 5186226, "cycle", Mark::code, kScript, {"unit_cycles", "efficientvit-b1@256"}},
    {"efficientvit", "Unit cycles, B1 at 288", 6729490, "cycle", Mark::code, kScript, {"unit_cycles", "efficientvit-b1@288"}},
    {"efficientvit", "Unit cycles, B2 at 224", 12192147, "cycle", Mark::code, kScript, {"unit_cycles", "efficientvit-b2@224"}},
    {"efficientvit", "Unit cycles, B2 at 256", 15823059, "cycle", Mark::code, kScript, {"unit_cycles", "efficientvit-b2@256"}},
    {"efficientvit", "Unit cycles, B2 at 288", 20384499, "cycle", Mark::code, kScript, {"unit_cycles", "efficientvit-b2@288"}},
    {"efficientvit", "Traffic without fusion, B1 at 224", 14.834944, "MB", Mark::ours, "Activations, 8 bit", {"dram_mb", "efficientvit-b1@224", "fusion=0"}},
    {"efficientvit", "Traffic with fusion, B1 at 224", 10.223360, "MB", Mark::ours, "Activations, 8 bit", {"dram_mb", "efficientvit-b1@224"}},
    {"efficientvit", "Speed over CPU", 14.3, "1", Mark::paper, "The baseline could not be read", {}},
    {"efficientvit", "Energy efficiency over CPU", 21.1, "1", Mark::paper, "The baseline could not be read", {}},
    {"efficientvit", "Throughput over Auto-ViT-Acc", 1.1, "1", Mark::paper, "Rival on DeiT, FIX8, same board", {}},

    // Trio-ViT
    {"trio-vit", "B1 at 224", 798.9, "FPS", Mark::code, kScript, {"fps", "efficientvit-b1@224"}},
    {"trio-vit", "B1 at 256", 617.0, "FPS", Mark::code, kScript, {"fps", "efficientvit-b1@256"}},
    {"trio-vit", "B1 at 288", 475.5, "FPS", Mark::code, kScript, {"fps", "efficientvit-b1@288"}},
    {"trio-vit", "B2 at 224", 262.5, "FPS", Mark::code, kScript, {"fps", "efficientvit-b2@224"}},
    {"trio-vit", "B2 at 288", 157.0, "FPS", Mark::code, kScript, {"fps", "efficientvit-b2@288"}},
    {"trio-vit", "FPS over the first of its rivals", 7.2, "1", Mark::abstract, "The baseline's FPS could not be read", {}},
    {"trio-vit", "FPS over the second of its rivals", 14.6, "1", Mark::abstract, "The baseline's FPS could not be read", {}},
    {"trio-vit", "DSP efficiency over its rivals", 5.9, "1", Mark::abstract, "Up to; the baseline could not be read", {}},

    // NVCA
    {"nvca", "Frames per second at 1080p", 25, "FPS", Mark::unverified, "Beside the recollected 70.5 GMAC, all fast, 85 % used: arithmetic of recollections", {"fps", "nvca-recollected", "utilisation=0.85"}},
    {"nvca", "Throughput", 3525, "GOPS", Mark::unverified, "As above", {"gops", "nvca-recollected", "utilisation=0.85"}},
    {"nvca", "Energy efficiency", 4638, "GOPS/W", Mark::unverified, "As above; our energy is calibrated to 0.76 W", {"gops_per_watt", "nvca-recollected", "utilisation=0.85"}},
    {"nvca", "Direct", 64.8e6, "cycle", Mark::ours, kWorked, {"cycles", "ctvc-ref@1080p", "fast=0,deformable_core=0"}},
    {"nvca", "With fast algorithms", 36.7e6, "cycle", Mark::ours, kWorked, {"cycles", "ctvc-ref@1080p", "sparsity=0,deformable_core=0"}},
    {"nvca", "With half the products pruned", 25.5e6, "cycle", Mark::ours, kWorked, {"cycles", "ctvc-ref@1080p", "deformable_core=0"}},
    {"nvca", "With a parallel deformable core", 20.2e6, "cycle", Mark::ours, kWorked, {"cycles", "ctvc-ref@1080p"}},
    {"nvca", "With a parallel deformable core", 19.84, "FPS", Mark::ours, kWorked, {"fps", "ctvc-ref@1080p"}},
    {"nvca", "With a parallel deformable core, 85 % used", 16.86, "FPS", Mark::ours, kWorked, {"fps", "ctvc-ref@1080p", "utilisation=0.85"}},
    {"nvca", "With a parallel deformable core, 85 % used", 2517, "GOPS", Mark::ours, kWorked, {"gops", "ctvc-ref@1080p", "utilisation=0.85"}},
    {"nvca", "Traffic without chaining", 731.8, "MB", Mark::ours, kChained, {"dram_mb", "ctvc-ref@1080p", "chaining=0"}},
    {"nvca", "Traffic with chaining in groups", 188.9, "MB", Mark::ours, kChained, {"dram_mb", "ctvc-ref@1080p"}},
    {"nvca", "Traffic of one chain", 76.1, "MB", Mark::ours, kChained, {"dram_mb", "ctvc-ref@1080p", "chaining=2"}},
    {"nvca", "Decoding speed over other designs", 22.7, "1", Mark::abstract, "Up to; which design is not known here", {}},
    {"nvca", "Energy efficiency over prior accelerators", 2.2, "1", Mark::abstract, "Up to; which accelerator is not known here", {}},

    // ViTALiTy
    {"vitality", "Speed over Sanger", 3, "1", Mark::abstract, "Beside DeiT-Tiny end to end, 25 % kept, operands loaded ahead", {"cycles", "deit-tiny", "", over, "", "design=1"}},
    {"vitality", "Speed over Sanger", 3, "1", Mark::abstract, "Beside DeiT-Tiny end to end, 25 % kept, folds without overlap", {"cycles", "deit-tiny", "array_time=0", over, "", "array_time=0,design=1"}},
    {"vitality", "Speed over Sanger", 3, "1", Mark::abstract, "Beside attention alone, 25 % kept, operands loaded ahead", {"attention_cycles", "deit-tiny", "", over, "", "design=1"}},
    {"vitality", "Energy efficiency over Sanger", 3, "1", Mark::abstract, "Beside DeiT-Tiny by operations, SRAM and DRAM, without static power", {"energy_mj", "deit-tiny", "", over, "", "design=1"}},
    {"vitality", "Cycles, folds without overlap", 575124, "cycle", Mark::ours, kCycleTable, {"cycles", "deit-tiny", "array_time=0"}},
    {"vitality", "Cycles, operands loaded ahead", 298025, "cycle", Mark::ours, kCycleTable, {"cycles", "deit-tiny"}},
    {"vitality", "Cycles, ideal", 276599, "cycle", Mark::ours, kCycleTable, {"cycles", "deit-tiny", "array_time=2"}},
    {"vitality", "Attention, operands loaded ahead", 23148, "cycle", Mark::ours, kCycleTable, {"attention_cycles", "deit-tiny"}},

    // NASA
    {"nasa", "EDP saving, Hybrid-Shift-A, CIFAR-10", 28.4, "%", Mark::paper, kFigures, savingOn("hybrid-shift-a@cifar10", kFbnet10)},
    {"nasa", "EDP saving, Hybrid-Shift-B, CIFAR-10", 40.5, "%", Mark::paper, kFigures, savingOn("hybrid-shift-b@cifar10", kFbnet10)},
    {"nasa", "EDP saving, Hybrid-Shift-C, CIFAR-10", 51.4, "%", Mark::paper, kFigures, savingOn("hybrid-shift-c@cifar10", kFbnet10)},
    {"nasa", "EDP saving, Hybrid-Adder-A, CIFAR-10", 50.0, "%", Mark::paper, kFigures, savingOn("hybrid-adder-a@cifar10", kFbnet10)},
    {"nasa", "EDP saving, Hybrid-All-A, CIFAR-10", 33.8, "%", Mark::paper, kFigures, savingOn("hybrid-all-a@cifar10", kFbnet10)},
    {"nasa", "EDP saving, Hybrid-All-B, CIFAR-10", 31.5, "%", Mark::paper, kFigures, savingOn("hybrid-all-b@cifar10", kFbnet10)},
    {"nasa", "EDP saving, Hybrid-All-C, CIFAR-10", 40.1, "%", Mark::paper, kFigures, savingOn("hybrid-all-c@cifar10", kFbnet10)},
    {"nasa", "EDP saving, Hybrid-Shift-A, CIFAR-100", 36.2, "%", Mark::paper, kFigures, savingOn("hybrid-shift-a@cifar100", kFbnet100)},
    {"nasa", "EDP saving, Hybrid-Shift-B, CIFAR-100", 51.1, "%", Mark::paper, kFigures, savingOn("hybrid-shift-b@cifar100", kFbnet100)},
    {"nasa", "EDP saving, Hybrid-Shift-C, CIFAR-100", 56.0, "%", Mark::paper, kFigures, savingOn("hybrid-shift-c@cifar100", kFbnet100)},
    {"nasa", "EDP saving, Hybrid-Adder-A, CIFAR-100", 59.8, "%", Mark::paper, kFigures, savingOn("hybrid-adder-a@cifar100", kFbnet100)},
    {"nasa", "EDP saving, Hybrid-All-A, CIFAR-100", 50.5, "%", Mark::paper, kFigures, savingOn("hybrid-all-a@cifar100", kFbnet100)},
    {"nasa", "EDP saving, Hybrid-All-B, CIFAR-100", 50.5, "%", Mark::paper, kFigures, savingOn("hybrid-all-b@cifar100", kFbnet100)},
    {"nasa", "EDP saving, Hybrid-All-C, CIFAR-100", 45.5, "%", Mark::paper, kFigures, savingOn("hybrid-all-c@cifar100", kFbnet100)},
    {"nasa", "EDP saving, best on CIFAR-10", 51.5, "%", Mark::paper, "Headline; beside Hybrid-Shift-C", savingOn("hybrid-shift-c@cifar10", kFbnet10)},
    {"nasa", "EDP saving, best on CIFAR-100", 59.7, "%", Mark::paper, "Headline; beside Hybrid-Adder-A", savingOn("hybrid-adder-a@cifar100", kFbnet100)},
    {"nasa", "EDP, FBNet, CIFAR-10", 2.22e-6, "J s", Mark::paper, "Figure 6; ours computes only, memory is not in it", {"edp", kFbnet10}},
    {"nasa", "EDP saving of NASA+, CIFAR-100", 65.1, "%", Mark::abstract, "Up to, against a system of multipliers", {}},

    // Systolic array
    {"systolic", "AlexNet, 32 x 32, os", 850960, "cycle", Mark::code, kScaleSim, {"cycles", "alexnet", "dataflow=0"}},
    {"systolic", "AlexNet, 32 x 32, ws", 1136239, "cycle", Mark::code, kScaleSim, {"cycles", "alexnet", "dataflow=1"}},
    {"systolic", "AlexNet, 32 x 32, is", 1158205, "cycle", Mark::code, kScaleSim, {"cycles", "alexnet", "dataflow=2"}},
    {"systolic", "AlexNet, 12 x 14, ws", 5780416, "cycle", Mark::ours, kClosedForm, {"cycles", "alexnet", "dataflow=1,rows=12,cols=14"}},
    {"systolic", "AlexNet, 64 x 64, ws", 382979, "cycle", Mark::ours, kClosedForm, {"cycles", "alexnet", "dataflow=1,rows=64,cols=64"}},
    {"systolic", "AlexNet, 128 x 128, os", 67567, "cycle", Mark::ours, kClosedForm, {"cycles", "alexnet", "dataflow=0,rows=128,cols=128"}},
};
// clang-format on

const Registry<ClaimTable>::Adds kAddsClaims(10, [] { return ClaimTable(kClaims); });

} // namespace

} // namespace vitrine::sim
