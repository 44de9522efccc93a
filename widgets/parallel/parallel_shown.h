#pragma once

#include "widgets/parallel/parallel_data.h"

#include <QString>

namespace vitrine::parallel
{

// One axis as shown.
struct ShownAxis {
    const Axis* axis = nullptr;
    figure::Range range;
    std::vector<float> heights; // one per row, turned over where the axis is
    bool flipped = false;

    double height(double value) const { return heightOf(*axis, range, value); } // not turned over
    double value(double height) const { return valueAt(*axis, range, height); }
};

// A table as a state shows it: its axes from left to right, and which rows are kept.
class ShownData
{
public:
    ShownData() = default;
    Q_DISABLE_COPY(ShownData) // axes point into the data

    void setData(Data data);
    // Whether the axes are as before: rows are then drawn where they were. Their heights are kept.
    bool setState(const State& state);

    const Data& data() const { return data_; }
    const State& state() const { return state_; }
    int count() const { return static_cast<int>(axes_.size()); }
    const ShownAxis& axis(int place) const { return axes_[static_cast<std::size_t>(place)]; }
    const figure::Range* brushOf(int place) const;                  // none: not brushed
    const std::vector<std::uint8_t>& kept() const { return kept_; } // 1 per row
    std::size_t keptCount() const { return keptCount_; }
    std::vector<std::string> names() const; // of the axes

private:
    Data data_;
    State state_;
    std::vector<ShownAxis> axes_;
    std::vector<std::uint8_t> kept_;
    std::size_t keptCount_ = 0;
};

// "Rows  10", an axis a line.
QString rowText(const ShownData& shown, int row);
// "Axis 1 of 3: Rows, brushed from 3 to 5."
QString axisText(const ShownData& shown, int place);

} // namespace vitrine::parallel
