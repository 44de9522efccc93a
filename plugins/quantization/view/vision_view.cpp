#include "plugins/quantization/view/vision_view.h"

#include "core/base/number_text.h"
#include "plugins/quantization/figures/vision_figures.h"
#include "plugins/quantization/view/card_pages.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/verdict_card.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/flow_layout.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/table/run_table.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QBoxLayout>
#include <QLabel>

#include <algorithm>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kMatrixHeight = 400, kCurveHeight = 360, kSheetSide = 140, kCellSheetHeight = 150;
constexpr int kNamesHeight = 160, kAccuracyHeight = 200;

std::vector<SkeletonCard> visionSkeleton(QSize size)
{
    using Body = SkeletonCard::Body;
    const int gap = 8, said = 96, bar = 30, half = (size.width() - gap) / 2;
    const int top = said + bar + 2 * gap, height = std::max(0, size.height() - top);
    return {{{0, 0, size.width(), said}, Body::words},
            {{0, said + gap, std::min(320, size.width()), bar}},
            {{0, top, half, height}},
            {{half + gap, top, half, height}, Body::lines}};
}

} // namespace

VisionView::VisionView(ViewContext& context, QWidget* parent)
    : ComparisonView(
          context,
          {.name = tr("Vision"),
           .experiment = QStringLiteral("vision.evaluate"),
           .empty = {tr("How often is a vision transformer right?"),
                     tr("It names the class of pictures that nothing was trained on: how many "
                        "it names rightly, what it takes for what, whether its probabilities "
                        "can be believed. Two models are compared picture by picture."),
                     tr("Compare vitrine-deit and vitrine-efficientvit"),
                     tr("On the test pictures of Fashion-MNIST; takes about two minutes"),
                     tr("Or choose a model and pictures in the form (F4 shows it).")}},
          {.isOne = isEvaluation,
           .lack = "the run holds no answers to pictures",
           .name = evaluationName,
           .title = evaluationName,
           .shows = tr("Show answers of %1")},
          parent)
{
    makePage(makeContent(), visionSkeleton, {});
    showPage();
}

QWidget* VisionView::makeContent()
{
    makePages(tr("Pages of the evaluation"));
    addPages();
    verdict_ = new VerdictCard(tr("How often it is right"), this);
    return makeColumn({verdict_, makeBar()});
}

QWidget* VisionView::makeBar()
{
    auto* bar = new QWidget(this);
    auto* line = new FlowLayout(bar);
    line->addWidget(pages_->chooser());
    line->addWidget(
        makeRunChoice(bar, tr("Whose answers are shown"), tr("The run whose answers are shown")));
    return bar;
}

void VisionView::addPages()
{
    pages_->addPage("answers", tr("Answers"), tr("What is called what"));
    pages_->addRow({plots_->add("vision-accuracy", kAccuracyHeight)}, 0);
    pages_->addRow({makeConfusion(), makeCell()}, 1);
    pages_->addPage("probabilities", tr("Probabilities"),
                    tr("Whether they can be believed, and how often each class is found"));
    pages_->addRow({plots_->add("vision-calibration", kCurveHeight),
                    plots_->add("vision-classes", kCurveHeight)},
                   1);
    pages_->addPage("worst", tr("Worst"), tr("The answers that are furthest from the truth"));
    pages_->addRow({plots_->addSheet("vision-worst", kSheetSide)}, 0);
    pages_->addSpace();
    pages_->addPage("both", tr("Two models"), tr("Where one is right and the other is not"),
                    tr("One model was judged. Name another one beside it in the form (F4 shows "
                       "it) and both are compared picture by picture."));
    pages_->addRow({makePairs()}, 0);
    pages_->addRow({plots_->add("vision-paired", kCurveHeight)}, 1);
    pages_->addRow({plots_->addSheet("vision-differing", kSheetSide)}, 0);
}

Panel* VisionView::makeConfusion()
{
    Panel* card = plots_->add("vision-confusion", kMatrixHeight);
    cells_ = new SegmentedSwitch(card);
    cells_->setAccessibleName(tr("What the cells say"));
    cells_->setOptions(
        {tr("Counts"), tr("Shares")},
        {tr("How many pictures; colours are logarithmic"), tr("Share of the pictures of a class")});
    card->controls()->addWidget(cells_);
    connect(cells_, &SegmentedSwitch::chosen, this, [this](int place) {
        put("cells", place == 1 ? QJsonValue("share") : QJsonValue(),
            place == 1 ? tr("Show shares") : tr("Show counts"));
    });
    return card;
}

// The pictures of the selected cell: those that were kept, and all their names.
Panel* VisionView::makeCell()
{
    cellCard_ = new Panel(QString(), this);
    cellChoice_ = choiceIn(cellCard_, tr("Cell of the matrix"),
                           tr("Which pictures are shown; a click on the matrix chooses too"), 24);
    cellCard_->controls()->addWidget(cellChoice_);
    connect(cellChoice_, &QComboBox::activated, this, [this](int place) {
        const QStringList cell = cellChoice_->itemData(place).toStringList();
        if (cell.size() == 2)
            selectCell(cell[0], cell[1]);
        else
            selectCell({}, {});
    });
    plots_->addTo(cellCard_, "vision-cell", kCellSheetHeight);
    noPictures_ = wordsLabel("muted", tr("Why no pictures are shown"), cellCard_);
    cellCard_->body()->addWidget(noPictures_);
    cellTable_ = new DataTable(cellCard_);
    cellTable_->setTight(true);
    cellTable_->setAccessibleName(tr("Pictures of the cell"));
    cellTable_->setFrameShape(QFrame::NoFrame);
    cellTable_->setMinimumHeight(kNamesHeight);
    cellCard_->body()->addWidget(cellTable_, 1);
    return cellCard_;
}

Panel* VisionView::makePairs()
{
    pairsCard_ = new Panel(tr("Both models on the same pictures"), this);
    pairsCard_->setEnlargeable(false);
    pairs_ = new RunTable(pairsCard_);
    pairs_->setAccessibleName(tr("How often both, one and none are right"));
    pairs_->setSortingEnabled(false);
    pairsCard_->body()->addWidget(pairs_);
    return pairsCard_;
}

void VisionView::startStudy()
{
    start({{"model", "vitrine-deit"}, {"second", "vitrine-efficientvit"}}, false);
}

void VisionView::takeRuns(const Runs& runs)
{
    verdict_->say(evaluationVerdict(runs), evaluationRemarks(runs));
}

void VisionView::drawRuns(const Runs& runs, const State& given)
{
    const RunRecord& run = selectedRecord();
    const State state = withKnownCell(given, run);
    cells_->setCurrent(state.isRowShare ? 1 : 0);
    showFigures(visionFigures(runs, state));
    drawCell(run, state);
    const Table pairs = pairedTable(run);
    pairsCard_->setVisible(!pairs.rows.empty());
    pairs_->setRows(pairs, {});
}

void VisionView::clickPlot(const std::string& figure, double x, double y)
{
    if (figure != "vision-confusion")
        return;
    if (const auto cell = cellAt(selectedRecord(), x, y))
        selectCell(fromUtf8(cell->label), fromUtf8(cell->answer));
}

void VisionView::drawCell(const RunRecord& run, const State& state)
{
    cellCard_->setHeading(shownText(cellTitle(run, state), 120));
    cellTable_->setTable(cellTable(run, state));
    cellChoice_->clear();
    cellChoice_->addItem(tr("All wrong answers"));
    int chosen = 0;
    const auto add = [&](const std::string& label, const std::string& answer,
                         std::int64_t pictures) {
        if (label == state.label && answer == state.answer)
            chosen = cellChoice_->count();
        cellChoice_->addItem(
            tr("%1 called %2 (%3)")
                .arg(shownText(label, 40), shownText(answer, 40), fromUtf8(wholeText(pictures))),
            QStringList{fromUtf8(label), fromUtf8(answer)});
    };
    for (const ConfusedPair& pair : confusedPairs(run))
        add(pair.label, pair.answer, pair.pictures);
    // One of the diagonal, or one that never came.
    if (chosen == 0 && !state.label.empty())
        add(state.label, state.answer, static_cast<std::int64_t>(cellTable_->model()->rowCount()));
    cellChoice_->setCurrentIndex(chosen);
    noPictures_->setVisible(!isShown("vision-cell"));
    noPictures_->setText(state.label.empty()
                             ? tr("A click on a cell of the matrix shows its pictures.")
                         : state.label == state.answer
                             ? tr("Pictures that were named rightly are not kept with the run.")
                         : cellTable_->model()->rowCount() == 0
                             ? tr("There is no such picture.")
                             : tr("No picture of this cell was kept with the run."));
}

// A second click on a cell lets it go.
void VisionView::selectCell(const QString& label, const QString& answer)
{
    QJsonObject state = current();
    const bool isSelected =
        state.value("label").toString() == label && state.value("answer").toString() == answer;
    const bool none = label.isEmpty() || isSelected;
    state["label"] = none ? QJsonValue() : QJsonValue(label);
    state["answer"] = none ? QJsonValue() : QJsonValue(answer);
    change(state, none ? tr("Select no cell") : tr("Select a cell"));
}

} // namespace vitrine::quantization_plugin
