#include "plugins/calibration/view/heads_panel.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::array kHeadScores = {HeadScore::massMoved, HeadScore::sinks, HeadScore::sinkMass,
                                    HeadScore::firstTokenMass, HeadScore::entropy};

ItemId itemOf(LayerHead head)
{
    return {head.layer, head.head};
}

LayerHead headOf(ItemId item)
{
    return {item.row, item.column};
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
    : Panel(tr("Heads"), parent),
      score_(new QComboBox(this)),
      count_(new QLabel(this)),
      area_(new QScrollArea(this)),
      grid_(new ItemGrid(nullptr))
{
    for (const HeadScore score : kHeadScores) {
        score_->addItem(text(scoreLabel(score)));
        score_->setItemData(score_->count() - 1, text(scoreHelp(score)), Qt::ToolTipRole);
    }
    score_->setAccessibleName(tr("Score of heads"));
    score_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    score_->setMinimumContentsLength(9);
    count_->setProperty("role", "caption");
    count_->setAccessibleName(tr("Heads calibrated"));
    controls()->addWidget(count_);
    body()->addWidget(score_);
    grid_->setAccessibleName(tr("Heads to calibrate"));
    grid_->setContextMenuPolicy(Qt::CustomContextMenu);
    area_->setWidget(grid_);
    area_->setFrameShape(QFrame::NoFrame);
    area_->setFocusPolicy(Qt::NoFocus);
    area_->setStyleSheet(QStringLiteral(
        "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"));
    area_->installEventFilter(this);
    body()->addWidget(area_, 1);
    makeButtons();
    connectGrid();
    connect(score_, &QComboBox::activated, this,
            [this](int index) { emit scoreChosen(kHeadScores[static_cast<std::size_t>(index)]); });
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

void HeadsPanel::connectGrid()
{
    connect(grid_, &ItemGrid::selectionWished, this,
            [this](ItemId id) { emit headSelected(headOf(id)); });
    connect(grid_, &ItemGrid::chosenToggled, this,
            [this](ItemId id) { emit headToggled(headOf(id)); });
    connect(grid_, &ItemGrid::lassoed, this,
            [this](const std::set<ItemId>& items, Qt::KeyboardModifiers modifiers) {
                std::set<LayerHead> heads;
                for (const ItemId item : items)
                    heads.insert(headOf(item));
                emit lassoed(heads, modifiers);
            });
    connect(grid_, &QWidget::customContextMenuRequested, this,
            [this](QPoint point) { emit menuWished(grid_->mapToGlobal(point)); });
}

void HeadsPanel::setScene(const Scene& scene)
{
    const auto place = std::ranges::find(kHeadScores, scene.state.score) - kHeadScores.begin();
    score_->setCurrentIndex(static_cast<int>(place));
    score_->setToolTip(text(scoreHelp(scene.state.score)));
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
    grid_->setScale(weightScale(scene.state.look));
    grid_->setChosen(std::move(chosen));
    grid_->setSelected(itemOf(scene.head));
    if (shown_ == scene.head)
        return;
    shown_ = scene.head;
    const QRect cell = grid_->cellOf(itemOf(scene.head));
    if (!cell.isEmpty())
        area_->ensureVisible(cell.center().x(), cell.center().y(), cell.width(), cell.height());
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
    grid_->setNames(tr("layer"), tr("head"), text(scoreLabel(scene.state.score)));
    grid_->setItems(std::move(items), static_cast<int>(run.after->thumbnailSide()), false);
}

bool HeadsPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == area_ && event->type() == QEvent::Resize)
        grid_->setRoom(area_->contentsRect().size(),
                       area_->verticalScrollBar()->sizeHint().width());
    return Panel::eventFilter(watched, event);
}

} // namespace vitrine::calibration_plugin
