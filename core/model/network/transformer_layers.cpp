#include "core/model/network/transformer_layers.h"

namespace vitrine::model
{

LayerShape biased(LayerShape layer)
{
    layer.bias = true;
    return layer;
}

std::size_t addScores(NetworkBuilder& net, const std::string& name, const Attention& a,
                      std::size_t queries, std::size_t keys)
{
    return net.add(
        productShape(name + ".scores", LayerKind::scores, a.heads, a.tokens, a.keys, a.dim),
        {queries, keys});
}

void addValues(NetworkBuilder& net, const std::string& name, const Attention& a, std::size_t values)
{
    net.add(elementShape(name + ".softmax", LayerKind::softmax, a.tokens, a.keys, a.heads));
    net.add(productShape(name + ".values", LayerKind::values, a.heads, a.tokens, a.dim, a.keys),
            {net.last(), values});
}

void addResidual(NetworkBuilder& net, const std::string& name, std::int64_t rows,
                 std::int64_t width, std::size_t x)
{
    net.add(elementShape(name, LayerKind::add, rows, width), {x, net.last()});
}

void addMlp(NetworkBuilder& net, const std::string& module, std::int64_t rows, std::int64_t width,
            std::int64_t hidden, const MlpParts& parts)
{
    const std::size_t x = net.last();
    net.begin(module, Part::mlp);
    net.add(elementShape(module + ".norm2", LayerKind::norm, rows, width));
    net.add(linearShape(module + ".mlp.fc1", rows, width, hidden, true));
    parts.dwconv();
    net.add(elementShape(module + ".mlp.act", LayerKind::activation, rows, hidden));
    net.layer().function = Function::gelu;
    net.add(linearShape(module + ".mlp.fc2", rows, hidden, width, true));
    if (!parts.factor.empty())
        net.factor(module + parts.factor, width);
    addResidual(net, module + ".add2", rows, width, x);
}

} // namespace vitrine::model
