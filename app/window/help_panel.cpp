#include "app/window/help_panel.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QTextBrowser>
#include <QTextDocument>
#include <QTextOption>
#include <QTextTable>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/base/file.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr std::uint64_t kLargestHelp = 1U << 20U;
constexpr int kNarrowest = 280, kCellPadding = 4, kParagraphGap = 8;
constexpr int kHeadingPixels[] = {18, 15, 13, 13, 13, 13}; // by level
constexpr int kTextPixels = 13;

// Qt draws Markdown's tables with a double frame: ours have one line under each row.
void restyleTable(QTextTable& table, const theme::Palette& colours)
{
    QTextTableFormat format = table.format();
    format.setBorder(0);
    format.setCellPadding(kCellPadding);
    format.setCellSpacing(0);
    format.setBorderCollapse(true);
    format.setTopMargin(kParagraphGap);
    format.setBottomMargin(kParagraphGap);
    format.setWidth(QTextLength(QTextLength::PercentageLength, 100));
    table.setFormat(format);
    for (int row = 0; row < table.rows(); ++row) {
        for (int column = 0; column < table.columns(); ++column) {
            QTextTableCell cell = table.cellAt(row, column);
            QTextTableCellFormat line = cell.format().toTableCellFormat();
            line.setBottomBorder(row == 0 ? 1.5 : 1);
            line.setBottomBorderBrush(colours.line);
            line.setBottomBorderStyle(QTextFrameFormat::BorderStyle_Solid);
            line.setVerticalAlignment(QTextCharFormat::AlignTop);
            cell.setFormat(line);
        }
    }
}

void restyle(QTextDocument& document, const theme::Palette& colours)
{
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        QTextBlockFormat space = block.blockFormat();
        const int level = space.headingLevel();
        const bool inTable = cursor.currentTable() != nullptr;
        space.setTopMargin(inTable ? 0 : level > 0 ? 2 * kParagraphGap : 0);
        space.setBottomMargin(inTable ? 0 : kParagraphGap);
        cursor.setBlockFormat(space);
        if (level == 0)
            continue;
        cursor.select(QTextCursor::BlockUnderCursor);
        QTextCharFormat face; // anew: Markdown's own carries a size that would count as well
        QFont font = document.defaultFont();
        font.setPixelSize(kHeadingPixels[std::clamp(level, 1, 6) - 1]);
        font.setWeight(QFont::DemiBold);
        face.setFont(font);
        cursor.setCharFormat(face);
    }
    for (QTextFrame* frame : document.rootFrame()->childFrames()) {
        if (auto* table = qobject_cast<QTextTable*>(frame))
            restyleTable(*table, colours);
    }
}

} // namespace

HelpPanel::HelpPanel(QWidget* parent)
    : QDockWidget("Help", parent), title_(new QLabel(this)), text_(new QTextBrowser(this))
{
    setObjectName("help");
    setAccessibleName("Help");
    setFeatures(QDockWidget::DockWidgetClosable);
    auto* heading = new QWidget(this);
    auto* row = new QHBoxLayout(heading);
    row->setContentsMargins(theme::kPanelPadding, 8, 8, 8);
    title_->setProperty("role", "heading");
    auto* away = new QToolButton(heading);
    away->setIcon(theme::icon("cancel"));
    away->setAutoRaise(true);
    away->setToolTip("Close help (F1)");
    away->setAccessibleName("Close help");
    connect(away, &QToolButton::clicked, this, &QWidget::hide);
    row->addWidget(title_, 1);
    row->addWidget(away);
    setTitleBarWidget(heading);

    text_->setAccessibleName("Help text");
    text_->setOpenLinks(false); // offline: a link is read, never followed
    text_->setFrameShape(QFrame::NoFrame);
    text_->setMinimumWidth(kNarrowest);
    text_->setWordWrapMode(QTextOption::WordWrap); // names in tables stay whole
    text_->document()->setDocumentMargin(theme::kPanelPadding);
    setWidget(text_);
}

void HelpPanel::showFile(const QString& title, const QString& file)
{
    title_->setText(title);
    const auto bytes = readFile(file.toStdString(), kLargestHelp);
    markdown_ = bytes ? QString::fromStdString(*bytes)
                      : "There is no help here: " + QString::fromStdString(bytes.error().message);
    render();
}

void HelpPanel::changeEvent(QEvent* event)
{
    QDockWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && isVisible())
        followTheme();
}

void HelpPanel::showEvent(QShowEvent* event)
{
    QDockWidget::showEvent(event);
    followTheme();
}

void HelpPanel::followTheme()
{
    if (renderedIn_ != &theme::palette())
        render();
}

void HelpPanel::render()
{
    renderedIn_ = &theme::palette();
    QFont font = text_->font();
    font.setPixelSize(kTextPixels);
    text_->document()->setDefaultFont(font);
    text_->document()->setMarkdown(markdown_);
    restyle(*text_->document(), theme::palette());
    text_->moveCursor(QTextCursor::Start);
}

} // namespace vitrine
