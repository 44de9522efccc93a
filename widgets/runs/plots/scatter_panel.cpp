#include "widgets/runs/plots/scatter_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/page/elided_label.h"
#include "widgets/plot/plot_view.h"

#include <algorithm>
#include <cmath>
#include <ranges>
#include <utility>

namespace vitrine
{
namespace
{

using Mode = plot::BrushLayer::Mode;

constexpr const char* kModeWords[] = {"Move", "Rectangle", "Lasso"};
constexpr const char* kModeHelp[] = {"Drag moves the plot, the wheel zooms",
                                     "Drag a rectangle round runs to keep only those",
                                     "Draw a line round runs to keep only those"};
constexpr double kClickDistance = 10; // pixels

const RunColumn* named(const std::vector<RunColumn>* columns, const QString& name)
{
    if (columns == nullptr)
        return nullptr;
    const auto found = std::ranges::find(*columns, name.toStdString(), &RunColumn::name);
    return found == columns->end() ? nullptr : &*found;
}

} // namespace

ScatterPanel::ScatterPanel(QWidget* parent)
    : QWidget(parent),
      x_(new QComboBox(this)),
      y_(new QComboBox(this)),
      words_(new ElidedLabel(this)),
      plot_(new plot::PlotView(this)),
      brush_(new plot::BrushLayer(*plot_))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 8, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeControls());
    column->addWidget(plot_, 1);
    plot_->setTitleVisible(false);
    connect(brush_, &plot::BrushLayer::brushed, this, [this](const QPolygonF& region) {
        takeRegion(region);
        emit stateChanged();
    });
    connect(plot_, &plot::PlotView::clicked, this, &ScatterPanel::clickAt);
    chooseMode(Mode::rectangle);
}

QWidget* ScatterPanel::makeControls()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    const auto axis = [&](QComboBox* combo, const char* words, const char* name) {
        auto* label = new QLabel(words, bar);
        label->setProperty("role", "muted");
        label->setBuddy(combo);
        combo->setAccessibleName(name);
        combo->setToolTip(QString(name) + ": a metric, a parameter, or when and how long");
        combo->setMinimumContentsLength(14);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        row->addWidget(label);
        row->addWidget(combo);
        connect(combo, &QComboBox::activated, this, [this] {
            dropBrush();
            plot_->setRangeState({});
            emit brushed(nullptr);
            emit columnsWished();
            emit stateChanged();
        });
    };
    axis(y_, "Up", "Upright axis");
    axis(x_, "Across", "Level axis");
    auto* well = new QFrame(bar);
    well->setProperty("role", "well");
    auto* modes = new QHBoxLayout(well);
    modes->setContentsMargins(2, 2, 2, 2);
    modes->setSpacing(0);
    for (int i = 0; i < 3; ++i) {
        modes_[i] = new QPushButton(kModeWords[i], well);
        modes_[i]->setProperty("kind", "segment");
        modes_[i]->setCheckable(true);
        modes_[i]->setAccessibleName(kModeWords[i]);
        modes_[i]->setToolTip(kModeHelp[i]);
        modes->addWidget(modes_[i]);
        connect(modes_[i], &QPushButton::clicked, this, [this, i] {
            chooseMode(static_cast<Mode>(i));
            emit stateChanged();
        });
    }
    row->addWidget(well);
    words_->setProperty("role", "muted");
    words_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    words_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // the window stays narrow
    row->addWidget(words_, 1);
    return bar;
}

void ScatterPanel::chooseMode(Mode mode)
{
    brush_->setMode(mode);
    for (int i = 0; i < 3; ++i)
        modes_[i]->setChecked(i == static_cast<int>(mode));
}

void ScatterPanel::setNames(const QStringList& names, const QStringList& suitable)
{
    for (QComboBox* combo : {x_, y_}) {
        QStringList before;
        for (int i = 0; i < combo->count(); ++i)
            before << combo->itemText(i);
        if (before == names)
            continue;
        const QString chosen = combo->currentText();
        combo->clear();
        combo->addItems(names);
        const QString first = suitable.value(combo == x_ ? 1 : 0, names.value(0));
        choose(*combo, chosen.isEmpty() ? first : chosen);
    }
}

void ScatterPanel::choose(QComboBox& combo, const QString& name)
{
    if (combo.findText(name) < 0 && !name.isEmpty())
        combo.addItem(name); // chosen in another filter: kept
    combo.setCurrentText(name);
}

std::vector<std::string> ScatterPanel::wanted() const
{
    std::vector<std::string> names;
    for (const QComboBox* combo : {x_, y_})
        if (!combo->currentText().isEmpty())
            names.push_back(combo->currentText().toStdString());
    return names;
}

void ScatterPanel::setColumns(std::shared_ptr<const std::vector<RunColumn>> columns,
                              Numbers numbers)
{
    columns_ = std::move(columns);
    numbers_ = std::move(numbers);
    if (!brush_->region().isEmpty())
        takeRegion(brush_->region()); // other runs may lie inside now
    else
        redraw();
}

void ScatterPanel::setKept(Numbers kept)
{
    if (kept_ == kept)
        return;
    kept_ = std::move(kept);
    redraw();
}

void ScatterPanel::setSelected(const std::vector<std::int64_t>& numbers)
{
    if (selected_ == numbers)
        return;
    selected_ = numbers;
    redraw();
}

void ScatterPanel::dropBrush()
{
    brush_->setRegion({});
}

ScatterData ScatterPanel::data() const
{
    ScatterData data;
    data.x = named(columns_.get(), x_->currentText());
    data.y = named(columns_.get(), y_->currentText());
    if (numbers_)
        data.numbers = *numbers_;
    data.brushed = kept_ != nullptr;
    if (kept_)
        data.kept = *kept_;
    data.selected = selected_;
    return data;
}

void ScatterPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (std::exchange(stale_, false))
        redraw();
}

// Behind another tab a new selection costs nothing.
void ScatterPanel::redraw()
{
    if (!isVisible()) {
        stale_ = true;
        return;
    }
    const ScatterData shown = data();
    figure::Figure figure = scatterFigure(shown);
    const bool counted = !figure.grids.empty();
    const std::size_t without =
        shown.x == nullptr || shown.y == nullptr
            ? 0
            : static_cast<std::size_t>(std::ranges::count_if(
                  std::views::iota(std::size_t{0}, shown.numbers.size()), [&](std::size_t i) {
                      return !std::isfinite(shown.x->values[i]) ||
                             !std::isfinite(shown.y->values[i]);
                  }));
    QString words = counted ? "each cell counts runs" : QString();
    if (without > 0)
        words +=
            (words.isEmpty() ? "" : " · ") + QString("%1 runs without both values").arg(without);
    words_->setText(words);
    words_->setToolTip(words);
    plot_->setFigure(std::move(figure));
}

void ScatterPanel::takeRegion(const QPolygonF& region)
{
    brush_->setRegion(region);
    kept_ = region.isEmpty()
                ? nullptr
                : std::make_shared<const std::vector<std::int64_t>>(runsInside(data(), region));
    redraw();
    emit brushed(kept_);
}

void ScatterPanel::clickAt(double x, double y)
{
    const figure::Figure& figure = plot_->figure();
    const ScatterData shown = data();
    if (!figure.grids.empty() || shown.x == nullptr || shown.y == nullptr)
        return;
    const QPointF at = plot_->pixelOf(x, y);
    double least = kClickDistance;
    qint64 nearest = 0;
    for (std::size_t i = 0; i < shown.numbers.size(); ++i) {
        const QPointF way = plot_->pixelOf(shown.x->values[i], shown.y->values[i]) - at;
        if (std::hypot(way.x(), way.y()) < least) {
            least = std::hypot(way.x(), way.y());
            nearest = shown.numbers[i];
        }
    }
    if (nearest != 0)
        emit runClicked(nearest);
}

QJsonObject ScatterPanel::state() const
{
    QJsonArray region;
    for (const QPointF& point : brush_->region())
        region << QJsonArray{point.x(), point.y()};
    return {{"x", x_->currentText()},
            {"y", y_->currentText()},
            {"mode", static_cast<int>(brush_->mode())},
            {"region", region}};
}

void ScatterPanel::setState(const QJsonObject& state)
{
    if (state.isEmpty())
        return;
    choose(*x_, state["x"].toString());
    choose(*y_, state["y"].toString());
    chooseMode(static_cast<Mode>(std::clamp(state["mode"].toInt(1), 0, 2)));
    QPolygonF region;
    for (const auto& point : state["region"].toArray())
        region << QPointF(point.toArray()[0].toDouble(), point.toArray()[1].toDouble());
    brush_->setRegion(region);
}

} // namespace vitrine
