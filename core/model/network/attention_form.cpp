#include "core/model/network/attention_form.h"

namespace vitrine::model
{
namespace
{

// Attention of all tokens to all tokens, whose queries, keys and values are one layer.
struct AttentionSpan {
    std::string name;     // "blocks.3.attn"
    std::size_t qkv = 0;  // of the network that is rewritten
    std::size_t last = 0; // of its layers
    std::int64_t heads = 0, tokens = 0, dim = 0;
};

bool beginsTaylor(const NetworkLayer& layer)
{
    return layer.isTaylor && layer.shape.kind == LayerKind::centre;
}

std::string nameBefore(const std::string& name)
{
    return name.substr(0, name.rfind('.'));
}

Result<AttentionSpan> softmaxSpan(const Network& network, std::size_t first)
{
    const NetworkLayer& scores = network.layers[first];
    const std::string name = nameBefore(scores.shape.name);
    if (scores.side > 0)
        return inputError("{} attends in windows with a bias; only attention of all tokens to all "
                          "can take another form",
                          name);
    if (scores.inputs[0] != scores.inputs[1])
        return inputError("{} has queries apart from its keys; only attention of all tokens to all "
                          "can take another form",
                          name);
    return AttentionSpan{name,           scores.inputs[0], first + 2, scores.shape.batch,
                         scores.shape.m, scores.shape.k};
}

AttentionSpan taylorSpan(const Network& network, std::size_t first)
{
    std::size_t last = first;
    while (network.layers[last].shape.kind != LayerKind::divide)
        ++last;
    if (network.layers[last + 1].isTaylor) // scores, values and the sum of the sparse part
        last += 3;
    const LayerShape& context = network.layers[first + 1].shape;
    return {nameBefore(network.layers[first].shape.name),
            network.layers[first].inputs[0],
            last,
            context.batch,
            context.k,
            context.m};
}

// Writes the network again, layer by layer.
class AttentionRewriter
{
public:
    AttentionRewriter(const Network& network, const AttentionForm& form)
        : from_(network), form_(form), places_(network.layers.size())
    {
        to_.name = network.name;
        to_.title = network.title;
    }

    Result<Network> rewritten()
    {
        bool attends = false;
        for (std::size_t i = 0; i < from_.layers.size(); ++i) {
            const NetworkLayer& layer = from_.layers[i];
            const bool taylor = beginsTaylor(layer);
            if (!taylor && layer.shape.kind != LayerKind::scores) {
                copy(i);
                continue;
            }
            attends = true;
            AttentionSpan span;
            if (taylor) {
                span = taylorSpan(from_, i);
            } else {
                VITRINE_TRY(span, softmaxSpan(from_, i));
            }
            write(span, layer.shape);
            i = span.last;
        }
        if (!attends)
            return inputError("{} has no softmax attention that could take another form",
                              from_.name);
        return std::move(to_);
    }

private:
    void copy(std::size_t i)
    {
        NetworkLayer layer = from_.layers[i];
        for (std::size_t& input : layer.inputs)
            input = places_[input];
        to_.layers.push_back(std::move(layer));
        places_[i] = to_.layers.size() - 1;
    }

    void write(const AttentionSpan& span, const LayerShape& in)
    {
        module_ = in.module;
        part_ = in.part;
        if (form_.kind == AttentionForm::Kind::softmax)
            writeSoftmax(span);
        else
            writeTaylor(span);
        places_[span.last] = to_.layers.size() - 1;
    }

    std::size_t put(LayerShape shape, std::vector<std::size_t> inputs)
    {
        shape.module = module_;
        shape.part = part_;
        to_.layers.push_back({.shape = std::move(shape), .inputs = std::move(inputs)});
        return to_.layers.size() - 1;
    }

    std::size_t putStep(std::string name, LayerKind kind, std::int64_t rows, std::int64_t columns,
                        std::vector<std::size_t> inputs)
    {
        put(elementShape(std::move(name), kind, rows, columns), std::move(inputs));
        to_.layers.back().isInTable = false;
        return to_.layers.size() - 1;
    }

    std::size_t asTaylor(std::size_t layer)
    {
        to_.layers[layer].isTaylor = true;
        return layer;
    }

    void writeSoftmax(const AttentionSpan& s)
    {
        const std::size_t qkv = places_[s.qkv];
        const std::size_t scores = put(
            productShape(s.name + ".scores", LayerKind::scores, s.heads, s.tokens, s.tokens, s.dim),
            {qkv, qkv});
        const std::size_t softmax =
            put(elementShape(s.name + ".softmax", LayerKind::softmax, s.tokens, s.tokens, s.heads),
                {scores});
        put(productShape(s.name + ".values", LayerKind::values, s.heads, s.tokens, s.dim, s.tokens),
            {softmax, qkv});
    }

    // Algorithm 1; the numbers are those of its steps.
    void writeTaylor(const AttentionSpan& s)
    {
        const std::size_t qkv = places_[s.qkv];
        const std::int64_t width = s.heads * s.dim;
        const auto product = [&](const char* part, LayerKind kind, std::int64_t m, std::int64_t n,
                                 std::int64_t k, std::vector<std::size_t> inputs) {
            return asTaylor(
                put(productShape(s.name + part, kind, s.heads, m, n, k), std::move(inputs)));
        };
        const std::size_t keys =
            asTaylor(putStep(s.name + ".khat", LayerKind::centre, s.tokens, width, {qkv})); // 1
        const std::size_t context =
            product(".context", LayerKind::context, s.dim, s.dim, s.tokens, {keys, qkv}); // 2
        const std::size_t sums =
            asTaylor(putStep(s.name + ".sums", LayerKind::sums, 2, width, {keys, qkv})); // 3
        const std::size_t divisors =
            product(".divisors", LayerKind::divisor, s.tokens, 1, s.dim, {qkv, sums}); // 4
        const std::size_t numerators = product(".lookup", LayerKind::lookup, s.tokens, s.dim, s.dim,
                                               {qkv, context, sums}); // 5
        const std::size_t lowRank = putStep(s.name + ".divide", LayerKind::divide, s.tokens, width,
                                            {numerators, divisors}); // 6
        if (form_.kind == AttentionForm::Kind::taylor)
            return;
        const std::size_t strong =
            product(".strong", LayerKind::scores, s.tokens, s.tokens, s.dim, {qkv, qkv});
        to_.layers.back().threshold = form_.threshold;
        const std::size_t sparse = put(
            productShape(s.name + ".sparse", LayerKind::values, s.heads, s.tokens, s.dim, s.tokens),
            {strong, qkv});
        put(elementShape(s.name + ".unified", LayerKind::add, s.tokens, width), {lowRank, sparse});
    }

    const Network& from_;
    const AttentionForm& form_;
    std::vector<std::size_t> places_; // of its layers, in the new network
    Network to_;
    std::string module_;
    Part part_ = Part::other;
};

} // namespace

Result<Network> withAttention(const Network& network, const AttentionForm& form)
{
    return AttentionRewriter(network, form).rewritten();
}

} // namespace vitrine::model
