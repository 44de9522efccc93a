#include "plugins/quantization/figures/coded_published.h"

#include "core/base/evidence.h"

#include <string>

namespace vitrine::quantization_plugin
{
namespace
{

using evidence::Mark;

struct PublishedRow {
    const char *method, *paper, *model, *bits; // bits: weights / activations / attention maps
    double accuracy;                           // top-1, percent
    Mark mark;
    const char* conditions;
};

constexpr const char *kFqVit = "FQ-ViT, scales of floating point",
                     *kP2Vit2024 = "P²-ViT, arXiv 2405.19915 (2024)",
                     *kTrioVit2024 = "Trio-ViT, arXiv 2405.03882 (2024)",
                     *kAsBaseline = "As P²-ViT's paper reports it",
                     *kRoundingTable = "Its table of roundings; its final rows could not be read",
                     *kTrioTable = "Its ablation";

constexpr PublishedRow kPublishedRows[] = {
    {kFqVit, kP2Vit2024, "DeiT-T", "8/8/8", 71.61, Mark::paper, kAsBaseline},
    {kFqVit, kP2Vit2024, "DeiT-T", "8/8/4", 71.07, Mark::paper, kAsBaseline},
    {kFqVit, kP2Vit2024, "DeiT-S", "8/8/8", 79.17, Mark::paper, kAsBaseline},
    {kFqVit, kP2Vit2024, "DeiT-S", "8/8/4", 78.40, Mark::paper, kAsBaseline},
    {kFqVit, kP2Vit2024, "DeiT-B", "8/8/8", 81.20, Mark::paper, kAsBaseline},
    {kFqVit, kP2Vit2024, "DeiT-B", "8/8/4", 80.85, Mark::paper, kAsBaseline},
    {"Scales of floating point", kP2Vit2024, "DeiT-T", "4/8/4", 65.63, Mark::paper, kRoundingTable},
    {"Powers of two, nearest", kP2Vit2024, "DeiT-T", "4/8/4", 63.39, Mark::paper, kRoundingTable},
    {"Powers of two, up", kP2Vit2024, "DeiT-T", "8/8/4", 69.82, Mark::paper, kRoundingTable},
    {"Powers of two, down", kP2Vit2024, "DeiT-T", "8/8/4", 68.29, Mark::paper, kRoundingTable},
    {"Powers of two, up", kP2Vit2024, "DeiT-S", "8/8/4", 76.80, Mark::paper, kRoundingTable},
    {"Powers of two, up", kP2Vit2024, "DeiT-B", "8/8/4", 79.36, Mark::paper, kRoundingTable},
    {"Single precision", kTrioVit2024, "EfficientViT-B1 at 224", "32/32", 79.39, Mark::paper,
     kTrioTable},
    {"Equal steps", kTrioVit2024, "EfficientViT-B1 at 224", "8/8", 3.23, Mark::paper, kTrioTable},
    {"Trio-ViT", kTrioVit2024, "EfficientViT-B1 at 224", "8/8", 78.64, Mark::paper, kTrioTable},
    {"Single precision", kTrioVit2024, "EfficientViT-B2 at 224", "32/32", 82.10, Mark::paper,
     kTrioTable},
    {"Trio-ViT", kTrioVit2024, "EfficientViT-B2 at 224", "8/8", 80.97, Mark::paper, kTrioTable}};

} // namespace

Table publishedVisionRows()
{
    Table table{"published",
                {{"method", "", {}, "As the paper names it, or what it does"},
                 {"model", "", {}, "Whose accuracy it is"},
                 {"bits", "", {}, "Of weights, activations and attention maps"},
                 {"accuracy", "", {}, "Top-1 on ImageNet-1k"},
                 {"unit", "", {}, "Of the accuracy"},
                 {"mark", "", {}, "paper: read in its text or tables"},
                 {"published", "", {}, "Where and when"},
                 {"conditions", "", {}, "Where it stands"}},
                {}};
    for (const PublishedRow& row : kPublishedRows)
        table.rows.push_back({std::string(row.method), std::string(row.model),
                              std::string(row.bits), row.accuracy, std::string("%"),
                              std::string(evidence::markName(row.mark)), std::string(row.paper),
                              std::string(row.conditions)});
    return table;
}

} // namespace vitrine::quantization_plugin
