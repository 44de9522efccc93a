#include "core/sim/machine/shift_add_pvt.h"

#include <array>
#include <fmt/format.h>

namespace vitrine::sim
{
namespace
{

constexpr std::int64_t kCodeBits = 16, kBlocksOfStage = 2;

struct PvtStage {
    std::int64_t width, heads, ratio, side, reduction;

    std::int64_t tokens() const { return side * side; }
    std::int64_t keys() const { return tokens() / (reduction * reduction); }
    std::int64_t dim() const { return width / heads; }
};
constexpr std::array kStages = {PvtStage{32, 1, 8, 56, 8}, PvtStage{64, 2, 8, 28, 4},
                                PvtStage{160, 5, 4, 14, 2}, PvtStage{256, 8, 4, 7, 1}};

class PvtList
{
public:
    PvtList(const PvtVariant& variant, std::string module)
        : variant_(variant), module_(std::move(module))
    {
    }

    void linear(const char* name, std::int64_t rows, std::int64_t in, std::int64_t out,
                Linears form)
    {
        const double mult = form == Linears::multiply ? 1
                            : form == Linears::shift  ? 0
                                                      : variant_.multShare;
        if (mult > 0)
            all.push_back(rowsOperator(module_ + name, rows, in, out, Primitive::multiply, mult));
        if (mult < 1)
            all.push_back(rowsOperator(module_ + name, rows, in, out, Primitive::shift, 1 - mult));
    }
    // Of `heads` heads.
    void product(const char* name, const PvtStage& s, std::int64_t m, std::int64_t k,
                 std::int64_t n, Primitive primitive = Primitive::multiply)
    {
        all.push_back(rowsOperator(module_ + name, s.heads * m, k, n, primitive));
    }
    void depthwise(const char* name, std::int64_t channels, std::int64_t side)
    {
        all.push_back(
            {.name = module_ + name,
             .layer = {.n = channels, .h = side, .w = side, .r = 3, .s = 3, .padding = 1}});
    }
    void softmax(const PvtStage& s, std::int64_t keys)
    {
        product(".attn.scores", s, s.tokens(), s.dim(), keys);
        product(".attn.values", s, s.tokens(), keys, s.dim());
    }

    std::vector<EnergyOperator> all;

private:
    const PvtVariant& variant_;
    std::string module_;
};

void addReduced(PvtList& list, const PvtStage& s)
{
    const auto multiply = Linears::multiply;
    list.linear(".attn.q", s.tokens(), s.width, s.width, multiply);
    if (s.reduction > 1)
        list.linear(".attn.sr", s.keys(), s.width * s.reduction * s.reduction, s.width, multiply);
    list.linear(".attn.kv", s.keys(), s.width, 2 * s.width, multiply);
    list.softmax(s, s.keys());
    list.linear(".attn.proj", s.tokens(), s.width, s.width, multiply);
}

void addFull(PvtList& list, const PvtStage& s)
{
    list.linear(".attn.qkv", s.tokens(), s.width, 3 * s.width, Linears::multiply);
    list.softmax(s, s.tokens());
    list.linear(".attn.proj", s.tokens(), s.width, s.width, Linears::multiply);
}

void addBinary(PvtList& list, const PvtStage& s, Linears form)
{
    for (const char* name : {".attn.to_qk", ".attn.to_v", ".attn.proj"})
        list.linear(name, s.tokens(), s.width, s.width, form);
    list.product(".attn.context", s, kCodeBits, s.tokens(), s.dim(), Primitive::mask);
    list.product(".attn.lookup", s, s.tokens(), kCodeBits, s.dim(), Primitive::mask);
}

std::vector<EnergyOperator> blockOperators(const PvtVariant& variant, const std::string& module,
                                           const PvtStage& s)
{
    PvtList list(variant, module);
    const bool isLast = s.side == kStages.back().side;
    if (variant.attention == PvtVariant::Attention::reduced)
        addReduced(list, s);
    else if (variant.attention == PvtVariant::Attention::full || isLast)
        addFull(list, s);
    else
        addBinary(list, s, variant.attentionLinears);
    const std::int64_t hidden = s.ratio * s.width;
    list.linear(".mlp.fc1", s.tokens(), s.width, hidden, variant.mlp);
    list.depthwise(".mlp.dwconv", hidden, s.side);
    list.linear(".mlp.fc2", s.tokens(), hidden, s.width, variant.mlp);
    return list.all;
}

} // namespace

std::vector<EnergyOperator> pvtOperators(const PvtVariant& variant)
{
    std::vector<EnergyOperator> all;
    for (std::size_t stage = 0; stage < kStages.size(); ++stage)
        for (std::int64_t block = 0; block < kBlocksOfStage; ++block)
            for (EnergyOperator& one : blockOperators(
                     variant, fmt::format("block{}.{}", stage + 1, block), kStages[stage]))
                all.push_back(std::move(one));
    return all;
}

std::span<const PvtVariant> pvtVariants()
{
    using A = PvtVariant::Attention;
    using L = Linears;
    static const std::array kVariants = {
        PvtVariant{"PVTv2, spatial reduction", A::reduced},
        PvtVariant{"Full softmax attention", A::full},
        PvtVariant{"Binary attention by additions"},
        PvtVariant{"and mixtures in the MLPs, 40:60", A::binary, L::mixture},
        PvtVariant{"and mixtures in all linear layers, 40:60", A::binary, L::mixture, L::mixture},
        PvtVariant{"the same, 50:50", A::binary, L::mixture, L::mixture, 0.5},
        PvtVariant{"shifts in attention, mixtures in the MLPs, 40:60", A::binary, L::mixture,
                   L::shift},
        PvtVariant{"shifts in all linear layers", A::binary, L::shift, L::shift},
    };
    return kVariants;
}

} // namespace vitrine::sim
