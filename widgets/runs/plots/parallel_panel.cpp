#include "widgets/runs/plots/parallel_panel.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/page/elided_label.h"
#include "widgets/runs/filter/name_picker.h"
#include "widgets/runs/plots/scatter_figure.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace vitrine
{
namespace
{

constexpr std::size_t kMostWords = 24; // of one axis

// Values that differ, of numbers or of few different words; nothing else can be an axis.
std::optional<parallel::Axis> axisOf(RunColumn&& column)
{
    parallel::Axis axis;
    axis.name = column.name;
    axis.label = column.name;
    std::ranges::replace(axis.label, '_', ' ');
    axis.unit = column.unit == "1" ? "" : column.unit;
    if (column.texts.empty()) {
        if (isLogarithmic(column))
            axis.scale = figure::Scale::logarithmic;
        axis.values = std::move(column.values);
        const auto first = std::ranges::find_if(axis.values, [](double v) { return v == v; });
        const bool differ =
            std::ranges::any_of(axis.values, [&](double v) { return v == v && v != *first; });
        return differ ? std::optional(std::move(axis)) : std::nullopt;
    }
    std::map<std::string, double> places;
    for (const std::string& text : column.texts)
        if (!text.empty())
            places.emplace(text, 0);
    if (places.size() < 2 || places.size() > kMostWords)
        return {};
    for (auto& [text, place] : places) {
        place = static_cast<double>(axis.words.size());
        axis.words.push_back(text);
    }
    axis.values.reserve(column.texts.size());
    for (const std::string& text : column.texts)
        axis.values.push_back(text.empty() ? std::nan("") : places.at(text));
    return axis;
}

} // namespace

ParallelPanel::ParallelPanel(QWidget* parent)
    : QWidget(parent),
      axes_(new NamePicker("Axes", "Those that suit the filter", this)),
      words_(new ElidedLabel(this)),
      plot_(new parallel::ParallelPlot(this))
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    words_->setProperty("role", "muted");
    words_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // the window stays narrow
    axes_->setToolTip("Which metrics and parameters are axes");
    row->addWidget(axes_);
    row->addWidget(words_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 8, 0, 0);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(plot_, 1);
    connect(axes_, &NamePicker::chosenChanged, this, [this] {
        emit columnsWished();
        emit stateChanged();
    });
    connect(plot_, &parallel::ParallelPlot::stateWished, this,
            [this](const parallel::State& state) {
                take(state);
                emit stateChanged();
            });
    connect(plot_, &parallel::ParallelPlot::rowClicked, this, [this](int place) {
        if (numbers_ && place >= 0 && place < static_cast<int>(numbers_->size()))
            emit runClicked((*numbers_)[static_cast<std::size_t>(place)]);
    });
}

void ParallelPanel::setNames(const QStringList& names, const QStringList& automatic)
{
    axes_->setNames(names);
    automatic_ = automatic;
}

std::vector<std::string> ParallelPanel::wanted() const
{
    const QStringList names = axes_->chosen().isEmpty() ? automatic_ : axes_->chosen();
    std::vector<std::string> wanted;
    for (const QString& name : names)
        wanted.push_back(name.toStdString());
    return wanted;
}

void ParallelPanel::setColumns(std::vector<RunColumn> columns, Numbers numbers)
{
    numbers_ = std::move(numbers);
    parallel::Data axes;
    QStringList left;
    for (RunColumn& column : columns) {
        const QString name = QString::fromStdString(column.name);
        if (auto axis = axisOf(std::move(column)))
            axes.axes.push_back(*std::move(axis));
        else
            left << name;
    }
    words_->setText(left.isEmpty() ? "Drag along an axis to keep the runs of that range"
                                   : "Without an axis, as their values do not differ or are many "
                                     "words: " +
                                         left.join(", "));
    words_->setToolTip(words_->text());
    plot_->setData(std::move(axes));
    if (!plot_->state().brushes.empty())
        tellBrush();
}

void ParallelPanel::dropBrush()
{
    parallel::State state = plot_->state();
    state.brushes.clear();
    plot_->setState(state);
}

void ParallelPanel::take(const parallel::State& state)
{
    const bool brush =
        parallel::toJson(state)["brushes"] != parallel::toJson(plot_->state())["brushes"];
    plot_->setState(state);
    if (brush)
        tellBrush();
}

void ParallelPanel::tellBrush()
{
    if (plot_->state().brushes.empty() || !numbers_)
        return emit brushed(nullptr);
    std::vector<std::int64_t> kept;
    kept.reserve(plot_->keptCount());
    for (std::size_t row = 0; row < plot_->kept().size(); ++row)
        if (plot_->kept()[row] != 0)
            kept.push_back((*numbers_)[row]);
    std::ranges::sort(kept);
    emit brushed(std::make_shared<const std::vector<std::int64_t>>(std::move(kept)));
}

QJsonObject ParallelPanel::state() const
{
    return {{"axes", QJsonArray::fromStringList(axes_->chosen())},
            {"plot", parallel::toJson(plot_->state())}};
}

void ParallelPanel::setState(const QJsonObject& state)
{
    QStringList names;
    for (const auto& name : state["axes"].toArray())
        names << name.toString();
    axes_->setChosen(names);
    plot_->setState(parallel::readState(state["plot"].toObject()));
}

} // namespace vitrine
