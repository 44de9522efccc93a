#include "plugins/calibration/view/heads_panel.h"

#include "plugins/common/view/capture_parts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

QStringList scoreWords(std::string (*words)(HeadScore))
{
    QStringList list;
    for (const HeadScore score : {HeadScore::massMoved, HeadScore::sinks, HeadScore::sinkMass,
                                  HeadScore::firstTokenMass, HeadScore::entropy})
        list << text(words(score));
    return list;
}

QString helpOf(const TunedHead& head)
{
    const auto pair = [](double before, double after) {
        return QStringLiteral("%1 → %2").arg(numberText(before), numberText(after));
    };
    const QString state = !head.eligible ? HeadsPanel::tr("not eligible: outside of the layers")
                          : head.calibrated
                              ? HeadsPanel::tr("calibrated, β = %1").arg(numberText(head.beta))
                              : HeadsPanel::tr("not calibrated");
    return HeadsPanel::tr("<b>%1</b><br>%2<br>%3 sinks, sink mass %4<br>first-token mass %5<br>"
                          "entropy %6 nat<br>mass moved %7 in %8 rows")
        .arg(headName(head.id), state, QString::number(head.sinks),
             pair(head.sinkMass, head.sinkMassAfter),
             pair(head.firstTokenMass, head.firstTokenMassAfter),
             pair(head.entropy, head.entropyAfter), numberText(head.massMoved),
             QString::number(head.rowsModified));
}

} // namespace

HeadsPanel::HeadsPanel(QWidget* parent)
    : ItemCard(tr("Heads"), {.grid = tr("Heads to calibrate"), .score = tr("Score of heads")},
               scoreWords(scoreLabel), scoreWords(scoreHelp), parent),
      count_(new QLabel(this))
{
    count_->setProperty("role", "caption");
    count_->setAccessibleName(tr("Heads calibrated"));
    controls()->addWidget(count_);
    makeButtons();
}

void HeadsPanel::makeButtons()
{
    auto* line = new QHBoxLayout;
    line->setSpacing(4);
    const auto button = [&](const QString& word, const QString& name, const QString& help) {
        auto* made = new QPushButton(word, this);
        made->setProperty("kind", "chip");
        made->setAccessibleName(name);
        made->setToolTip(help);
        line->addWidget(made);
        return made;
    };
    auto* all =
        button(tr("All"), tr("Calibrate all heads"), tr("All heads of the eligible layers"));
    auto* none = button(tr("None"), tr("Calibrate no head"),
                        tr("No head: the model as it is, the control that must show no change"));
    random_ = button(tr("Random"), tr("Random control"),
                     tr("As many heads, drawn at random: what chance does with a set of this size. "
                        "Press again for another draw."));
    auto* file = button(tr("File…"), tr("Heads from a file"),
                        tr("A head list as calibration.search writes it, or the authors' (JSON)"));
    line->addStretch(1);
    body()->addLayout(line);
    connect(all, &QPushButton::clicked, this, [this] { emit setWished(QStringLiteral("all")); });
    connect(none, &QPushButton::clicked, this, [this] { emit setWished(QStringLiteral("none")); });
    connect(random_, &QPushButton::clicked, this, &HeadsPanel::randomWished);
    connect(file, &QPushButton::clicked, this, &HeadsPanel::fileWished);
}

void HeadsPanel::setScene(const Scene& scene)
{
    setScore(static_cast<int>(scene.state.score));
    if (version_ != scene.version || shownScore_ != scene.state.score)
        fill(scene);
    version_ = scene.version;
    shownScore_ = scene.state.score;
    std::set<ItemId> chosen;
    for (const LayerHead head : scene.chosen)
        chosen.insert(itemOf(head));
    const auto eligible = std::ranges::count(scene.first().heads, true, &TunedHead::eligible);
    count_->setText(tr("%1 of %2").arg(chosen.size()).arg(eligible));
    count_->setToolTip(
        tr("%1 heads are calibrated, %2 are eligible").arg(chosen.size()).arg(eligible));
    random_->setEnabled(!chosen.empty());
    grid()->setScale(weightScale(scene.state.look));
    grid()->setChosen(std::move(chosen));
    setSelected(itemOf(scene.head));
}

void HeadsPanel::fill(const Scene& scene)
{
    const TunedRun& run = scene.first();
    std::vector<GridItem> items;
    for (const TunedHead& head : run.heads)
        items.push_back({.id = itemOf(head.id),
                         .score = scoreOf(head, scene.state.score),
                         .picture = thumbnailOf(*run.after, head.id),
                         .help = helpOf(head),
                         .usable = head.eligible});
    grid()->setNames(tr("layer"), tr("head"), text(scoreLabel(scene.state.score)));
    grid()->setItems(std::move(items), static_cast<int>(run.after->thumbnailSide()), false);
}

} // namespace vitrine::calibration_plugin
