#include "widgets/report/reports_page.h"

#include <QComboBox>
#include <QEvent>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QMenu>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "widgets/page/banner.h"
#include "widgets/page/state_pages.h"
#include "widgets/report/outline.h"
#include "widgets/report/page_preview.h"
#include "widgets/report/properties.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/text.h"

#include <algorithm>
#include <utility>

namespace vitrine
{
namespace
{

constexpr int kComposeMs = 120; // after the last key

QJsonObject stateOf(const std::vector<report::Manuscript>& reports, int current)
{
    QJsonArray list;
    for (const report::Manuscript& manuscript : reports)
        list.append(
            QJsonDocument::fromJson(QByteArray::fromStdString(report::manuscriptText(manuscript)))
                .object());
    return {{"reports", list}, {"current", current}};
}

} // namespace

ReportsPage::ReportsPage(Compose compose, QWidget* parent)
    : QWidget(parent), compose_(std::move(compose)), shownIn_(&theme::palette())
{
    setObjectName("page");
    setAccessibleName(tr("Reports"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    banner_ = new Banner(this);
    column->addWidget(banner_);
    connect(banner_, &Banner::acted, this, &ReportsPage::refresh);
    connect(banner_, &Banner::dismissed, this, [this] { banner_->setMessage({}, {}); });

    auto* splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeOutline());
    preview_ = new PagePreview(splitter);
    splitter->addWidget(preview_);
    properties_ = new ReportProperties(splitter);
    splitter->addWidget(properties_);
    splitter->setSizes({240, 620, 280});
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    splitter->setStretchFactor(2, 0);

    auto* empty =
        new EmptyPage({tr("Write the paper here"),
                       tr("A report is made of runs: their figures as their views show "
                          "them, their tables, and your own words. Choose runs and press "
                          "Report, or right-click any figure and choose Add to report."),
                       tr("Choose runs"), tr("Opens Runs"), tr("New, above, begins without runs.")},
                      this);
    connect(empty, &EmptyPage::startWished, this, &ReportsPage::runsRequested);
    middle_ = new QStackedWidget(this);
    middle_->addWidget(empty);
    middle_->addWidget(splitter);
    column->addWidget(middle_, 1);

    composing_.setSingleShot(true);
    composing_.setInterval(kComposeMs);
    connect(&composing_, &QTimer::timeout, this, &ReportsPage::composeNow);
    connect(preview_, &PagePreview::chosen, this, [this](int section, int item) {
        outline_->choose(section, item);
        choose(section, item);
    });
    connect(outline_, &ReportOutline::chosen, this, [this](int section, int item) {
        choose(section, item);
        preview_->showChosen();
    });
    connect(outline_, &ReportOutline::removeRequested, this, &ReportsPage::removeChosen);
    connect(outline_, &ReportOutline::reordered, this,
            [this](const std::vector<report::ManuscriptSection>& sections) {
                report::Manuscript next = *current();
                next.sections = sections;
                propose(next, tr("Reorder the report"));
            });
    connect(properties_, &ReportProperties::edited, this, &ReportsPage::propose);
    showState();
}

const report::Manuscript* ReportsPage::current() const
{
    return current_ >= 0 && current_ < static_cast<int>(reports_.size())
               ? &reports_[static_cast<std::size_t>(current_)]
               : nullptr;
}

QJsonObject ReportsPage::state() const
{
    return stateOf(reports_, current_);
}

void ReportsPage::setState(const QJsonObject& state)
{
    reports_.clear();
    for (const auto& each : state["reports"].toArray()) {
        const std::string text =
            QJsonDocument(each.toObject()).toJson(QJsonDocument::Compact).toStdString();
        if (auto manuscript = report::parseManuscript(text, "a report of this workspace"))
            reports_.push_back(*std::move(manuscript));
        else
            emit message(fromUtf8(manuscript.error().message));
    }
    current_ =
        std::clamp(state["current"].toInt(), 0, std::max(0, static_cast<int>(reports_.size()) - 1));
    showState();
}

void ReportsPage::propose(const report::Manuscript& next, const QString& label, const QString& key)
{
    auto reports = reports_;
    reports[static_cast<std::size_t>(current_)] = next;
    proposeAll(std::move(reports), current_, label,
               key.isEmpty() ? key : QString("report%1/%2").arg(current_).arg(key));
}

void ReportsPage::proposeAll(std::vector<report::Manuscript> reports, int current,
                             const QString& label, const QString& key)
{
    emit changed(stateOf(reports, current), label, key);
}

void ReportsPage::addReport(const report::Manuscript& manuscript)
{
    auto reports = reports_;
    reports.push_back(manuscript);
    section_ = item_ = -1;
    proposeAll(reports, static_cast<int>(reports.size()) - 1, tr("New report"));
}

void ReportsPage::addFigure(const report::FigureItem& item)
{
    if (current() == nullptr)
        return addReport({.title = "Untitled report", .sections = {{"Figures", {item}}}});
    insertItem(item, tr("Add a figure"));
}

// Behind what is chosen; at the end of the last section where nothing is.
void ReportsPage::insertItem(report::Item item, const QString& label)
{
    report::Manuscript next = *current();
    if (next.sections.empty())
        next.sections.emplace_back();
    const auto count = static_cast<int>(next.sections.size());
    const int section = section_ >= 0 && section_ < count ? section_ : count - 1;
    auto& items = next.sections[static_cast<std::size_t>(section)].items;
    const bool behind = section == section_ && item_ >= 0;
    const auto at = std::min(items.size(), behind          ? static_cast<std::size_t>(item_) + 1
                                           : section_ >= 0 ? std::size_t{0}
                                                           : items.size());
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(at), std::move(item));
    section_ = section;
    item_ = static_cast<int>(at);
    propose(next, label);
    preview_->showChosen();
}

void ReportsPage::removeChosen()
{
    if (current() == nullptr || section_ < 0)
        return;
    report::Manuscript next = *current();
    auto& sections = next.sections;
    if (section_ >= static_cast<int>(sections.size()))
        return;
    if (item_ < 0) {
        sections.erase(sections.begin() + section_);
        section_ = -1;
    } else {
        auto& items = sections[static_cast<std::size_t>(section_)].items;
        items.erase(items.begin() + item_);
        item_ = std::min(item_, static_cast<int>(items.size()) - 1);
    }
    propose(next, tr("Remove from the report"));
}

void ReportsPage::choose(int section, int item)
{
    section_ = section;
    item_ = item;
    preview_->setChosen(section, item);
    if (current() != nullptr)
        properties_->show(*current(), composed_.document, section, item);
}

// The fields follow at once; the pages when they are made.
void ReportsPage::showState()
{
    middle_->setCurrentIndex(reports_.empty() ? 0 : 1);
    export_->setEnabled(!reports_.empty());
    choice_->setVisible(!reports_.empty());
    choice_->clear();
    for (const report::Manuscript& manuscript : reports_)
        choice_->addItem(manuscript.title.empty() ? tr("Untitled report")
                                                  : fromUtf8(manuscript.title));
    choice_->setCurrentIndex(current_);
    choice_->setToolTip(tr("The reports of this workspace") +
                        (reports_.empty() ? QString() : ": " + choice_->currentText()));
    if (current() == nullptr)
        return;
    outline_->setManuscript(*current());
    outline_->choose(section_, item_);
    choose(outline_->section(), outline_->item());
    if (preview_->pages() == 0)
        status_->setText(tr("Drawing the figures"));
    composing_.start();
}

void ReportsPage::refresh()
{
    if (current() != nullptr)
        composing_.start();
}

void ReportsPage::composeNow()
{
    if (current() == nullptr)
        return;
    const quint64 asked = ++asked_;
    compose_(*current(), [this, asked,
                          self = QPointer<ReportsPage>(this)](const ComposedReport& composed) {
        if (!self || asked != asked_)
            return; // a newer one is on its way
        composed_ = composed;
        preview_->setDocument(composed_.document);
        const auto& problems = composed_.document.problems;
        QString said;
        if (!problems.empty())
            said =
                fromUtf8(problems.front()) +
                (problems.size() > 1 ? tr(" (and %1 more)").arg(problems.size() - 1) : QString());
        banner_->setMessage(said, said.isEmpty() ? QString() : tr("Try again"));
        status_->setText(preview_->pages() == 1 ? tr("1 page")
                                                : tr("%1 pages").arg(preview_->pages()));
        fillOffers();
        choose(section_, item_);
    });
}

void ReportsPage::fillOffers()
{
    figures_->clear();
    tables_->clear();
    for (const auto& [item, name] : composed_.offers) {
        const bool isFigure = std::holds_alternative<report::FigureItem>(item);
        (isFigure ? figures_ : tables_)
            ->addAction(theme::icon(isFigure ? "report-figure" : "report-table"), fromUtf8(name),
                        this, [this, item = item, isFigure] {
                            insertItem(item, isFigure ? tr("Add a figure") : tr("Add a table"));
                        });
    }
    for (QMenu* menu : {figures_, tables_})
        if (menu->isEmpty())
            menu->addAction(tr("Choose runs in Runs and press Report"), this,
                            &ReportsPage::runsRequested);
}

void ReportsPage::setExport(const QString& what, double fraction)
{
    progress_->setVisible(fraction >= 0);
    progress_->setValue(static_cast<int>(fraction * 1000));
    export_->setEnabled(fraction < 0 && !reports_.empty());
    status_->setText(what);
}

void ReportsPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange && isVisible())
        followTheme();
    QWidget::changeEvent(event);
}

void ReportsPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    followTheme();
}

// Icons in the theme's colours.
void ReportsPage::followTheme()
{
    if (std::exchange(shownIn_, &theme::palette()) != &theme::palette() && current() != nullptr)
        outline_->setManuscript(*current());
}

} // namespace vitrine
