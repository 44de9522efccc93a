#include "plugins/attention/view/picture_map_panel.h"

#include "core/figure/not_finite.h"
#include "core/jobs/experiment/run_label.h"
#include "plugins/common/view/words.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/flow_layout.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/picture/linked_picture_maps.h"
#include "widgets/picture/picture_map_tools.h"
#include "widgets/theme/text.h"

#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace vitrine::attention_plugin
{
namespace
{

constexpr int kPatchItem = -2, kMeanItem = -1; // data of the choice of queries

QImage qImageOf(const attention::SeenPicture& picture)
{
    const auto side = static_cast<int>(picture.side);
    return QImage(picture.rgb.data(), side, side, 3 * side, QImage::Format_RGB888).copy();
}

QString percent(double share)
{
    return QString::number(100 * share, 'f', share < 0.1 ? 2 : 1) + QStringLiteral(" %");
}

// "3.1 % to the class token, 40.2 % to registers".
QString awayText(const PatchMap& map)
{
    double registers = 0;
    QStringList parts;
    for (const auto& [name, weight] : map.aside)
        if (name.starts_with("register"))
            registers += weight;
        else
            parts << PictureMapPanel::tr("%1 to the %2 token").arg(percent(weight), fromUtf8(name));
    if (registers > 0)
        parts << PictureMapPanel::tr("%1 to registers").arg(percent(registers));
    return parts.join(QStringLiteral(", "));
}

} // namespace

PictureMapPanel::PictureMapPanel(QWidget* parent)
    : Panel(tr("Map"), parent),
      kind_(new SegmentedSwitch(this)),
      heads_(new SegmentedSwitch(this)),
      query_(new QComboBox(this)),
      picture_(new ElidedChoice(this)),
      tools_(new PictureMapTools(this)),
      maps_(new LinkedPictureMaps(this)),
      reading_(new QLabel(this))
{
    body()->addWidget(makeChoices());
    body()->addWidget(tools_);
    body()->addWidget(maps_, 1);
    reading_->setProperty("role", "muted");
    reading_->setWordWrap(true);
    reading_->setAccessibleName(tr("What the pointer reads"));
    reading_->setMinimumHeight(reading_->fontMetrics().height() * 2);
    reading_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    body()->addWidget(reading_);
    connect(tools_, &PictureMapTools::lookChosen, this, &PictureMapPanel::lookChosen);
    connect(maps_, &LinkedPictureMaps::patchHovered, this, &PictureMapPanel::read);
    connect(maps_, &LinkedPictureMaps::menuWished, this,
            [this](QPoint place, int) { emit menuWished(place); });
    connect(maps_, &LinkedPictureMaps::patchChosen, this, [this](int map, std::int64_t patch) {
        const auto place = static_cast<std::size_t>(map);
        if (place >= shown_.size() || shown_[place].columns == 0)
            return;
        const PatchMap& of = shown_[place];
        PictureQuery query{PictureQuery::Kind::patch, 0, 0, 0};
        query.x = (static_cast<double>(patch % of.columns) + 0.5) / static_cast<double>(of.columns);
        query.y = (static_cast<double>(patch / of.columns) + 0.5) / static_cast<double>(of.rows);
        emit queryChosen(query, tr("patch %1, %2").arg(patch / of.columns).arg(patch % of.columns));
    });
}

QWidget* PictureMapPanel::makeChoices()
{
    auto* row = new QWidget(this);
    auto* flow = new FlowLayout(row);
    kind_->setOptions({tr("Attention"), tr("Stand-ins"), tr("Rollout"), tr("Picture")},
                      {tr("The weights that the model gives"),
                       tr("Softmax, ReLU-linear and first-order Taylor attention on the same "
                          "queries and keys"),
                       tr("Attention followed through all layers up to the chosen one (Abnar & "
                          "Zuidema 2020)"),
                       tr("The picture as the network sees it")});
    kind_->setAccessibleName(tr("What is shown"));
    heads_->setOptions({tr("One head"), tr("Mean")},
                       {tr("The chosen head"), tr("Mean of all heads of the layer")});
    heads_->setAccessibleName(tr("Heads"));
    query_->setAccessibleName(tr("Whose attention"));
    query_->setToolTip(tr("The token that looks. Click a patch to see where that one looks."));
    picture_->setAccessibleName(tr("Picture"));
    picture_->setToolTip(tr("Which picture of the run"));
    picture_->setMaximumWidth(260);
    for (QComboBox* choice : {query_, picture_})
        choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    for (QWidget* part : std::initializer_list<QWidget*>{kind_, query_, heads_, picture_})
        flow->addWidget(part);
    connect(kind_, &SegmentedSwitch::chosen, this,
            [this](int index) { emit mapsChosen(static_cast<PictureMaps>(index)); });
    connect(heads_, &SegmentedSwitch::chosen, this,
            [this](int index) { emit allHeadsChosen(index == 1); });
    connect(picture_, &QComboBox::activated, this,
            [this](int index) { emit pictureChosen(index); });
    connect(query_, &QComboBox::activated, this, [this](int index) {
        const int item = query_->itemData(index).toInt();
        if (item == kPatchItem)
            return emit queryChosen({PictureQuery::Kind::patch, 0, 0.5, 0.5},
                                    tr("the middle patch"));
        const PictureQuery query = item == kMeanItem
                                       ? PictureQuery{}
                                       : PictureQuery{PictureQuery::Kind::prefix, item, 0.5, 0.5};
        emit queryChosen(query, query_->itemText(index).toLower());
    });
    return row;
}

void PictureMapPanel::fillChoices(const PictureRuns& runs, const PictureState& state)
{
    const attention::PictureCapture& first = runs.front().shown(state);
    const PictureQuery query = shownQuery(first, state);
    QStringList names;
    QList<int> data;
    for (std::size_t i = 0; i < first.prefixNames().size(); ++i) {
        QString name = fromUtf8(first.prefixNames()[i]);
        names << tr("From the %1 token").arg(name);
        data << static_cast<int>(i);
    }
    names << tr("From all, mean") << tr("From a patch");
    data << kMeanItem << kPatchItem;
    const int wanted = query.kind == PictureQuery::Kind::mean    ? kMeanItem
                       : query.kind == PictureQuery::Kind::patch ? kPatchItem
                                                                 : static_cast<int>(query.prefix);
    const QSignalBlocker quiet(query_);
    query_->clear();
    for (qsizetype i = 0; i < names.size(); ++i)
        query_->addItem(names[i], data[i]);
    query_->setCurrentIndex(static_cast<int>(data.indexOf(wanted)));

    const QSignalBlocker quietToo(picture_);
    picture_->clear();
    std::size_t most = 0;
    const PictureFigureRun* longest = &runs.front();
    for (const PictureFigureRun& run : runs)
        if (run.pictures.size() > most)
            most = run.pictures.size(), longest = &run;
    for (const auto& picture : longest->pictures)
        picture_->addItem(fromUtf8(picture->name()));
    picture_->setCurrentIndex(
        static_cast<int>(std::min(state.picture, static_cast<std::int64_t>(most) - 1)));
    picture_->setVisible(most > 1);
    kind_->setCurrent(static_cast<int>(state.maps));
    heads_->setCurrent(state.allHeads ? 1 : 0);
    const bool ofHeads =
        state.maps == PictureMaps::attention || state.maps == PictureMaps::standIns;
    heads_->setEnabled(ofHeads);
    query_->setEnabled(state.maps != PictureMaps::picture);
    tools_->setEnabled(state.maps != PictureMaps::picture);
}

void PictureMapPanel::setShown(const PictureRuns& runs, const PictureState& state,
                               const std::vector<PatchMap>& maps)
{
    shown_ = maps;
    fillChoices(runs, state);
    tools_->setLook(state.look);
    const attention::PictureCapture& first = runs.front().shown(state);
    const QString head = fromUtf8(pictureHeadText(first, state));
    setHeading(state.maps == PictureMaps::picture ? tr("Picture")
                                                  : head.left(1).toUpper() + head.mid(1));
    const figure::Range range = rangeOf(maps, state.look);
    std::vector<PictureMapData> all;
    for (const PatchMap& map : maps) {
        const PictureFigureRun& run = runs[map.run];
        PictureMapData data;
        data.picture = qImageOf(run.shown(state).picture());
        data.rows = map.rows, data.columns = map.columns;
        data.values = map.values;
        data.scale = {state.look.colours, state.look.scale, range.low, range.high};
        data.opacity = state.look.opacity;
        data.upsampling = state.look.upsampling;
        data.selected = map.query;
        data.marks = map.high;
        data.marksHidden = false;
        QStringList caption;
        if (runs.size() > 1)
            caption << fromUtf8(runLabel(*run.run));
        if (!map.title.empty())
            caption << fromUtf8(map.title);
        data.caption = caption.join(QStringLiteral(" · "));
        data.help =
            fromUtf8(runLabel(*run.run)) + QStringLiteral("\n") + fromUtf8(run.shown(state).name());
        data.name = tr("%1 of %2").arg(head, fromUtf8(run.shown(state).name()));
        data.quantity = state.maps == PictureMaps::rollout ? tr("share") : tr("attention weight");
        data.notice = fromUtf8(map.notice);
        all.push_back(std::move(data));
    }
    maps_->setAcross(state.maps == PictureMaps::standIns && runs.size() > 1 ? 3 : 0);
    maps_->setMaps(std::move(all));
    resting_ = maps.empty() ? QString() : awayText(maps.front());
    if (!resting_.isEmpty())
        resting_ = tr("Of this attention %1, the rest to patches. ").arg(resting_);
    resting_ += tr("Point at a patch to read its weight, click it to see where it looks.");
    if (!maps.empty() && !maps.front().high.empty())
        resting_ += QLatin1Char(' ') + tr("Outlined: patches of high norm.");
    reading_->setText(resting_);
}

void PictureMapPanel::read(int map, std::optional<std::int64_t> patch)
{
    const auto place = static_cast<std::size_t>(map);
    if (!patch || place >= shown_.size() || shown_[place].columns == 0)
        return reading_->setText(resting_);
    const PatchMap& from = shown_[place];
    QStringList weights;
    for (const PatchMap& of : shown_) {
        const auto same = samePlace(patch, from.rows, from.columns, of.rows, of.columns);
        if (!same || of.values.empty())
            continue;
        const float value = of.values[static_cast<std::size_t>(*same)];
        const QString text = std::isnan(value)            ? tr("left out")
                             : figure::isNotFinite(value) ? tr("not finite")
                                                          : numberText(static_cast<double>(value));
        weights << (of.title.empty() ? text : fromUtf8(of.title) + QLatin1Char(' ') + text);
    }
    reading_->setText(tr("Row %1, column %2: %3")
                          .arg(*patch / from.columns)
                          .arg(*patch % from.columns)
                          .arg(weights.join(QStringLiteral("   "))));
}

} // namespace vitrine::attention_plugin
