#include "core/learning/nets/codec/vnw_parts.h"

#include <algorithm>
#include <stdexcept>

namespace vitrine::learning::codec
{

namespace
{

void putLayer(ByteSink& to, const IntegerLayer& layer)
{
    to.put(static_cast<uint8_t>(layer.doubles));
    to.put(static_cast<uint16_t>(layer.in));
    to.put(static_cast<uint16_t>(layer.out));
    for (const int8_t weight : layer.weights)
        to.put(weight);
    for (const int32_t bias : layer.biases)
        to.put(bias);
    for (const int8_t shift : layer.shifts)
        to.put(shift);
}

IntegerLayer takeLayer(ByteSource& from)
{
    IntegerLayer layer;
    const auto kind = from.take<uint8_t>();
    layer.doubles = kind == 1;
    layer.in = from.take<uint16_t>();
    layer.out = from.take<uint16_t>();
    const int64_t weights = layer.out * layer.in * layer.kernel() * layer.kernel();
    if (kind > 1 || layer.in != kHyperChannels || layer.out < 1 ||
        weights > static_cast<int64_t>(from.left()))
        throw std::runtime_error("a layer of a hyper-decoder is not possible");
    layer.weights.resize(static_cast<size_t>(weights));
    layer.biases.resize(static_cast<size_t>(layer.out));
    layer.shifts.resize(static_cast<size_t>(layer.out));
    for (int8_t& weight : layer.weights)
        weight = from.take<int8_t>();
    for (int32_t& bias : layer.biases)
        if (bias = from.take<int32_t>(); bias > (1 << 29) || bias < -(1 << 29))
            throw std::runtime_error("a bias of a hyper-decoder is out of range");
    for (int8_t& shift : layer.shifts)
        if (shift = from.take<int8_t>(); shift > 31 || shift < -24)
            throw std::runtime_error("a shift of a hyper-decoder is out of range");
    return layer;
}

} // namespace

void putTable(ByteSink& to, const Table& table)
{
    to.put(table.first);
    to.put(static_cast<uint16_t>(table.frequencies.size()));
    for (const uint16_t frequency : table.frequencies)
        to.put(frequency);
}

Table takeTable(ByteSource& from)
{
    Table table{from.take<int16_t>(), std::vector<uint16_t>(from.take<uint16_t>())};
    uint32_t sum = 0;
    for (uint16_t& frequency : table.frequencies) {
        frequency = from.take<uint16_t>();
        if (frequency == 0)
            throw std::runtime_error("a table has a frequency of zero");
        sum += frequency;
    }
    if (table.frequencies.size() < 2 || sum != kFrequencySum)
        throw std::runtime_error("a table's frequencies do not sum to 65536");
    return table;
}

void putHyper(ByteSink& to, const HyperCode& hyper)
{
    to.put(static_cast<uint16_t>(hyper.tables.size()));
    for (const Table& table : hyper.tables)
        putTable(to, table);
    for (const IntegerLayer& layer : hyper.decoder.layers)
        putLayer(to, layer);
    for (const int16_t threshold : hyper.decoder.thresholds)
        to.put(threshold);
}

HyperCode takeHyper(ByteSource& from)
{
    HyperCode hyper;
    for (size_t left = from.take<uint16_t>(); left > 0; --left)
        hyper.tables.push_back(takeTable(from));
    for (IntegerLayer& layer : hyper.decoder.layers)
        layer = takeLayer(from);
    for (int16_t& threshold : hyper.decoder.thresholds)
        threshold = from.take<int16_t>();
    const auto& [first, second, last] = hyper.decoder.layers;
    if (hyper.tables.size() != kHyperChannels || !first.doubles || !second.doubles ||
        last.doubles || first.out != kHyperChannels || second.out != kHyperChannels ||
        !std::ranges::is_sorted(hyper.decoder.thresholds))
        throw std::runtime_error("a hyper-decoder is not two ups and a convolution of 32 channels");
    return hyper;
}

} // namespace vitrine::learning::codec
