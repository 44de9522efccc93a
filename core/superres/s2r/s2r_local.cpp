#include "core/superres/s2r/s2r_layers.h"

#include "core/tensor/kernels/rows.h"

#include <algorithm>
#include <cstring>

namespace vitrine::superres
{
namespace
{

// One row of a map, each group of channels from its neighbour. rows: above, this one, below;
// nullptr outside. The size of a group is a constant so that copying one is a few instructions.
template <std::int64_t kGroup>
void shiftedRowOf(const float* const rows[3], std::int64_t width, float* out)
{
    constexpr std::int64_t kChannels = 5 * kGroup;
    const std::vector<float> outside(kGroup, 0.0f);
    for (std::int64_t x = 0; x < width; ++x, out += kChannels) {
        const std::int64_t at = x * kChannels;
        const float* from[5] = {x + 1 < width ? rows[1] + at + kChannels : outside.data(),
                                x > 0 ? rows[1] + at - kChannels + kGroup : outside.data(),
                                rows[2] ? rows[2] + at + 2 * kGroup : outside.data(),
                                rows[0] ? rows[0] + at + 3 * kGroup : outside.data(),
                                rows[1] + at + 4 * kGroup};
        for (std::int64_t group = 0; group < 5; ++group)
            std::memcpy(out + group * kGroup, from[group], kGroup * sizeof(float));
    }
}

void shiftedRow(const float* const rows[3], std::int64_t width, std::int64_t channels, float* out)
{
    static constexpr auto kOfGroup = [] {
        std::array<decltype(&shiftedRowOf<3>), 9> all{};
        all[1] = shiftedRowOf<3>;
        all[2] = shiftedRowOf<6>;
        all[3] = shiftedRowOf<9>;
        all[4] = shiftedRowOf<12>;
        all[6] = shiftedRowOf<18>;
        all[8] = shiftedRowOf<24>;
        return all;
    }();
    kOfGroup.at(static_cast<std::size_t>(channels / 15))(rows, width, out);
}

// Some rows of the features, the hidden ones kept while they are neighbours.
class LocalRows
{
public:
    LocalRows(const MapSize& map, const S2rWeights::Local& local, const float* from, float* to)
        : map_(map),
          local_(local),
          from_(from),
          to_(to),
          shifted_(static_cast<std::size_t>(map.width * local.first.out))
    {
        for (auto& row : hidden_)
            row.resize(static_cast<std::size_t>(map.width * local.first.out));
    }

    void run(std::int64_t first, std::int64_t count)
    {
        if (first > 0)
            makeHidden(first - 1);
        makeHidden(first);
        for (std::int64_t y = first; y < first + count; ++y) {
            if (y + 1 < map_.height)
                makeHidden(y + 1);
            finish(y);
        }
    }

private:
    std::vector<float>& hidden(std::int64_t y) { return hidden_[static_cast<std::size_t>(y % 3)]; }
    const float* input(std::int64_t y) const
    {
        return y < 0 || y >= map_.height ? nullptr : from_ + y * map_.width * local_.first.in;
    }

    void makeHidden(std::int64_t y)
    {
        const float* const rows[3] = {input(y - 1), input(y), input(y + 1)};
        shiftedRow(rows, map_.width, local_.first.in, shifted_.data());
        multiplyPixels(local_.first, shifted_.data(), map_.width, hidden(y).data());
        kernels::relu(hidden(y).data(), static_cast<std::int64_t>(hidden(y).size()));
    }

    void finish(std::int64_t y)
    {
        const float* const rows[3] = {y > 0 ? hidden(y - 1).data() : nullptr, hidden(y).data(),
                                      y + 1 < map_.height ? hidden(y + 1).data() : nullptr};
        shiftedRow(rows, map_.width, local_.second.in, shifted_.data());
        float* out = to_ + y * map_.width * local_.second.out;
        std::copy_n(input(y), map_.width * local_.second.out, out);
        multiplyPixels(local_.second, shifted_.data(), map_.width, out, Into::add);
    }

    const MapSize& map_;
    const S2rWeights::Local& local_;
    const float* from_;
    float* to_;
    std::array<std::vector<float>, 3> hidden_;
    std::vector<float> shifted_;
};

} // namespace

void addLocalFeatures(const MapSize& map, const S2rWeights::Local& local, const float* from,
                      float* to)
{
    forRows(map, [&](std::int64_t first, std::int64_t count) {
        LocalRows(map, local, from, to).run(first, count);
    });
}

} // namespace vitrine::superres
