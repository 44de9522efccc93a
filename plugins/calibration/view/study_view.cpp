#include "plugins/calibration/view/study_view.h"

#include "plugins/calibration/figures/figures.h"
#include "plugins/calibration/view/tables_panel.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/plot/plot_view.h"
#include "widgets/state_json.h"
#include "widgets/table/data_table.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/shown_text.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr int kNarrowest = 420; // a plot narrower than this goes below its neighbour

QLabel* words(const char* role, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("role", role);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

std::vector<SkeletonCard> studySkeleton(QSize size)
{
    const int gap = 8, top = 132, half = (size.width() - gap) / 2;
    const int middle = (size.height() - top - 2 * gap) / 2, below = top + middle + 2 * gap;
    using Body = SkeletonCard::Body;
    return {{{0, 0, size.width(), top}, Body::lines},
            {{0, top + gap, half, middle}, Body::plain},
            {{half + gap, top + gap, half, middle}, Body::plain},
            {{0, below, size.width(), size.height() - below}, Body::lines}};
}

// A number keeps its percent sign where a line breaks.
QString unbroken(QString sentence)
{
    return sentence.replace(QStringLiteral(" %"), QStringLiteral("\u00a0%"));
}

QString heading(const std::vector<RunHandle>& runs)
{
    const std::string& experiment = runs.front()->experiment;
    if (experiment == "calibration.search")
        return StudyView::tr("What the search found");
    if (experiment == "calibration.apply")
        return StudyView::tr("What calibration did to the maps");
    return StudyView::tr("Does it help?");
}

} // namespace

StudyView::StudyView(ViewContext& context, QWidget* parent)
    : RoomView(
          context, BoundState({"ranges"}),
          {.name = tr("Calibration study"),
           .experiment = QStringLiteral("calibration.evaluate"),
           .failure = tr("There is nothing to show"),
           .empty = {tr("Does calibration help?"),
                     tr("This page answers a task with the model as it is, with calibrated heads "
                        "and with random ones, and says with its interval what the difference is "
                        "worth."),
                     tr("Evaluate the shipped task"),
                     tr("Runs the shipped language model on 64 items; takes a few seconds"),
                     tr("Or give a task of your own in the form (F4 shows it), or search for "
                        "heads: its tab is above.")}},
          parent)
{
    makePage(scrolled(makeContent()), studySkeleton, {});
    const auto first = [this](void (ViewContext::*act)(const figure::Figure&)) {
        return [this, act] {
            if (!figures_.empty())
                (context_.*act)(figures_.front());
        };
    };
    addViewAction(tr("Copy figure"), first(&ViewContext::copyFigure));
    addViewAction(tr("Export figure…"), first(&ViewContext::exportFigure));
    addViewAction(tr("Add to report"), first(&ViewContext::addToReport));
    showPage();
}

QWidget* StudyView::makeContent()
{
    auto* said = new Panel(tr("Does it help?"), this);
    said->setObjectName("verdict");
    verdict_ = words("section", said);
    verdict_->setAccessibleName(tr("What the runs say"));
    notes_ = words("muted", said);
    said->body()->addWidget(verdict_);
    said->body()->addWidget(notes_);
    auto* numbers = new Panel(tr("Numbers"), this);
    metrics_ = new DataTable(numbers);
    metrics_->setAccessibleName(tr("Metrics"));
    metrics_->setMinimumHeight(220);
    numbers->body()->addWidget(metrics_, 1);
    tableCard_ = new Panel(tr("Items"), this);
    choice_ = new SegmentedSwitch(tableCard_);
    choice_->setAccessibleName(tr("Table"));
    table_ = new DataTable(tableCard_);
    table_->setAccessibleName(tr("Items"));
    table_->setMinimumHeight(220);
    tableCard_->controls()->addWidget(choice_);
    tableCard_->body()->addWidget(table_, 1);
    connect(choice_, &SegmentedSwitch::chosen, this,
            [this](int index) { put("table", tableNames().value(index), tr("Choose table")); });
    plotGrid_ = new QGridLayout;
    plotGrid_->setSpacing(8);
    auto* tables = new QHBoxLayout;
    tables->setSpacing(8);
    tables->addWidget(numbers, 2);
    tables->addWidget(tableCard_, 3);
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(said);
    column->addLayout(plotGrid_, 3);
    column->addLayout(tables, 2);
    return page;
}

void StudyView::startStudy()
{
    start({{"limit", "64"}}, false);
}

void StudyView::showRuns(const std::vector<RunHandle>& sound)
{
    done_ = sound;
    bindTo(done_.empty() ? QString() : text(done_.front()->uid));
    if (!done_.empty())
        showResults();
}

void StudyView::showResults()
{
    findChild<Panel*>(QStringLiteral("verdict"))->setHeading(heading(done_));
    QStringList said;
    for (const RunHandle& run : done_) {
        const QString sentence = text(headline(*run));
        said << (done_.size() > 1 ? text(runLabel(*run)) + QStringLiteral(": ") + sentence
                                  : sentence);
    }
    showText(*verdict_, unbroken(said.join(QStringLiteral("\n"))));
    QStringList notes;
    for (const RunHandle& run : done_)
        for (const std::string& note : run->result.notes)
            if (!notes.contains(text(note)))
                notes << text(note);
    if (notes.isEmpty() && done_.size() == 1 && !details(*done_.front()).empty())
        notes << text(details(*done_.front()));
    if (!failure_.isEmpty())
        notes << tr("One of the runs is not shown: %1").arg(failure_);
    showText(*notes_, unbroken(notes.join(QStringLiteral("\n"))), kLongestShownLine);
    notes_->setVisible(!notes.isEmpty());
    metrics_->setTable(metricsTable(done_));
    QStringList labels;
    for (const QString& name : tableNames())
        labels << shownText(name.left(1).toUpper() + name.mid(1), 40);
    choice_->setOptions(labels);
    choice_->setVisible(labels.size() > 1);
    tableCard_->setVisible(!labels.isEmpty());
    fillTable();
    figures_.clear();
    showFigures();
    const auto made = std::make_shared<std::vector<figure::Figure>>();
    context_.compute(
        this, QStringLiteral("figures"),
        [made, runs = done_, json = coreJson(state_)] {
            std::vector<RunRecord> records;
            for (const RunHandle& run : runs)
                records.push_back(*run);
            *made = calibration_plugin::figures(records, json);
        },
        [this, made] {
            figures_ = std::move(*made);
            showFigures();
        });
}

StudyView::Plot& StudyView::plotAt(std::size_t place)
{
    while (plots_.size() <= place) {
        Plot made;
        made.card = new Panel(QString(), this);
        made.view = new plot::PlotView(made.card);
        made.view->setTitleVisible(false);
        made.card->setMinimumHeight(250);
        made.card->body()->addWidget(made.view, 1);
        plot::forwardActions(*made.view, context_);
        connect(made.view, &plot::PlotView::rangeEdited, this,
                [this, view = made.view](const QJsonObject& range) {
                    const QString name = text(view->figure().name);
                    QJsonObject ranges = current()["ranges"].toObject();
                    ranges[name] = range;
                    put("ranges", ranges, tr("Zoom"), QStringLiteral("zoom ") + name);
                });
        plots_.push_back(made);
    }
    return plots_[place];
}

void StudyView::showFigures()
{
    const QJsonObject ranges = current()["ranges"].toObject();
    for (std::size_t i = 0; i < figures_.size(); ++i) {
        Plot& plot = plotAt(i);
        plot.card->setHeading(text(figures_[i].title));
        plot.card->setToolTip(shownText(figures_[i].caption));
        plot.view->setFigure(figures_[i]);
        plot.view->setRangeState(ranges[text(figures_[i].name)].toObject());
    }
    placePlots();
}

void StudyView::placePlots()
{
    const int across =
        std::clamp(width() / kNarrowest, 1, std::max(1, static_cast<int>(figures_.size())));
    for (int i = 0; i < static_cast<int>(plots_.size()); ++i) {
        QWidget* card = plots_[static_cast<std::size_t>(i)].card;
        plotGrid_->addWidget(card, i / across, i % across); // first: another parent hides it
        card->setVisible(i < static_cast<int>(figures_.size()));
    }
}

void StudyView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    placePlots();
}

QStringList StudyView::tableNames() const
{
    QStringList names;
    if (!done_.empty())
        for (const Table& table : done_.front()->result.tables)
            names << text(table.name);
    return names;
}

void StudyView::fillTable()
{
    const QStringList names = tableNames();
    if (names.isEmpty())
        return;
    const QString wanted = state_["table"].toString();
    const QString name = names.contains(wanted) ? wanted : names.front();
    choice_->setCurrent(static_cast<int>(names.indexOf(name)));
    tableCard_->setHeading(name.left(1).toUpper() + name.mid(1));
    table_->setTable(*done_.front()->result.table(name.toStdString()));
}

void StudyView::setState(const QJsonObject& state)
{
    state_ = state;
    if (done_.empty())
        return;
    fillTable();
    showFigures();
}

QString StudyView::title() const
{
    if (done_.empty())
        return runs_.empty() ? tr("Calibration") : text(runLabel(*runs_.front()));
    QString subject = text(runLabel(*done_.front()));
    if (done_.size() > 1)
        subject += tr(" beside %1 more").arg(done_.size() - 1);
    return subject;
}

} // namespace vitrine::calibration_plugin
