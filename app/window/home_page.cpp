#include "app/window/home_page.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>

#include "app/window/role_label.h"
#include "core/base/format.h"
#include "core/base/resources.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/icon_label.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <cmath>

namespace vitrine
{
namespace
{

constexpr int kCardWidth = 168; // at least
constexpr int kCardHeight = 268;
constexpr int kRecentHeight = 140;
constexpr int kPictureHeight = 152;
constexpr int kRecentWidth = 180;
constexpr int kRecentPicture = 84;
constexpr int kMostShown = 4;

QPixmap thumbnail(const QString& name, const char* theme)
{
    const auto file = findResource(QString("thumbnails/%1-%2.png").arg(name, theme).toStdString());
    return file ? QPixmap(QString::fromStdString(file->string())) : QPixmap();
}

} // namespace

class Card::Picture : public QWidget
{
public:
    using QWidget::QWidget;
    QPixmap light, dark;

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        QPainterPath shape;
        shape.addRoundedRect(rect(), theme::kRadius - 1, theme::kRadius - 1);
        painter.setClipPath(shape);
        painter.fillRect(rect(), theme::palette().sunken);
        const QPixmap& picture = theme::palette().dark && !dark.isNull() ? dark : light;
        if (picture.isNull()) {
            const QPixmap sign =
                theme::iconPixmap("attention", 40, theme::palette().muted, devicePixelRatioF());
            painter.drawPixmap(QPointF(width() - 40, height() - 40) / 2, sign);
            return;
        }
        const QSizeF covered =
            QSizeF(picture.size()).scaled(size(), Qt::KeepAspectRatioByExpanding);
        painter.drawPixmap(QRectF(QPointF((width() - covered.width()) / 2, 0), covered), picture,
                           picture.rect());
    }
};

Card::Card(const QString& title, const QString& line, const QString& action, QWidget* parent)
    : QFrame(parent), picture_(new Picture(this)), action_(roleLabel(action, "heading", this))
{
    setProperty("role", "card");
    setProperty("clickable", true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAccessibleName(title);
    setAccessibleDescription(line);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 12);
    column->setSpacing(4);
    picture_->setFixedHeight(kPictureHeight);
    column->addWidget(picture_);
    column->addSpacing(6);
    auto* words = new QVBoxLayout;
    words->setContentsMargins(12, 0, 12, 0);
    words->setSpacing(4);
    words->addWidget(roleLabel(title, "heading", this));
    auto* text = roleLabel(line, "muted", this);
    text->setVisible(!line.isEmpty());
    words->addWidget(text);
    action_->setVisible(!action.isEmpty());
    words->addStretch(1); // actions of cards side by side stand on one line
    words->addSpacing(action.isEmpty() ? 0 : 4);
    words->addWidget(action_);
    column->addLayout(words, 1);
}

void Card::setThumbnail(const QPixmap& light, const QPixmap& dark)
{
    picture_->light = light;
    picture_->dark = dark;
    picture_->update();
}

void Card::setAction(const QString& words)
{
    action_->setText(words);
}

void Card::setPictureHeight(int pixels)
{
    picture_->setFixedHeight(pixels);
}

void Card::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
        emit clicked();
}

void Card::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter ||
        event->key() == Qt::Key_Space)
        emit clicked();
    else
        QFrame::keyPressEvent(event);
}

void Card::paintEvent(QPaintEvent* event)
{
    QFrame::paintEvent(event);
    if (!hasFocus())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::palette().accent, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme::kRadius, theme::kRadius);
}

HomePage::HomePage(const std::vector<Study>& studies, QWidget* parent) : QWidget(parent)
{
    setObjectName("page");
    auto* inside = new QWidget(this);
    inside->setMaximumWidth(1200);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(
        roleLabel("See what your transformer does, and make it cheaper.", "title", inside));
    column->addWidget(roleLabel(
        "Every step is a run that is kept, can be compared with any other, traced, and repeated.",
        "muted", inside));
    column->addSpacing(12);

    auto* cards = new QHBoxLayout;
    cards->setSpacing(12);
    for (const Study& study : studies) {
        auto* card = new Card(study.title, study.line, "Run · " + study.takes, inside);
        card->setMinimumWidth(kCardWidth);
        card->setMinimumHeight(kCardHeight);
        card->setThumbnail(thumbnail(study.thumbnail, "light"), thumbnail(study.thumbnail, "dark"));
        if (!study.missing.isEmpty()) {
            card->setEnabled(false);
            card->setAction(study.missing);
        }
        connect(card, &Card::clicked, this, [this, study] { emit studyRequested(study); });
        cards_[study.id] = card;
        cards->addWidget(card, 1);
    }
    column->addLayout(cards);
    drop_ = makeDropZone();
    column->addWidget(drop_);

    column->addSpacing(8);
    recentTitle_ = roleLabel("Recent workspaces", "heading", inside);
    column->addWidget(recentTitle_);
    recent_ = new QHBoxLayout;
    recent_->setSpacing(12);
    column->addLayout(recent_);
    column->addStretch(1);
    recentTitle_->hide();

    // In a small window the page scrolls; nothing is squeezed.
    auto* page = new QWidget(this);
    page->setObjectName("page");
    auto* middle = new QHBoxLayout(page);
    middle->setContentsMargins(32, 32, 32, 16);
    middle->addStretch(1);
    middle->addWidget(inside, 100);
    middle->addStretch(1);

    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(page);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(scroll);
}

QFrame* HomePage::makeDropZone()
{
    auto* zone = new QFrame(this);
    zone->setObjectName("dropZone");
    zone->setAccessibleName("Drop files");
    auto* row = new QHBoxLayout(zone);
    row->setContentsMargins(16, 12, 16, 12);
    row->setSpacing(16);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(roleLabel("Drop a file here", "heading", zone));
    words->addWidget(
        roleLabel("A checkpoint (Hugging Face folder, .safetensors, llama2.c .bin), a text "
                  "(.txt, .md), a picture, a video or a folder of pictures, a topology table "
                  "(.csv), a task file "
                  "(.jsonl), or a workspace (.vitrine).",
                  "muted", zone));
    auto* browse = new QPushButton("Open…", zone);
    browse->setAccessibleName("Open a file");
    connect(browse, &QPushButton::clicked, this, &HomePage::browseRequested);
    row->addWidget(new theme::IconLabel("drop", 28, zone));
    row->addLayout(words, 1);
    row->addWidget(browse);
    return zone;
}

void HomePage::setRecent(const QStringList& workspaces)
{
    while (QLayoutItem* item = recent_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    recentTitle_->setVisible(!workspaces.isEmpty());
    for (const QString& path : workspaces.mid(0, kMostShown)) {
        const QFileInfo file(path);
        auto* card = new Card(file.completeBaseName(),
                              file.lastModified().toString("yyyy-MM-dd HH:mm"), {}, this);
        card->setToolTip(path);
        card->setFixedWidth(kRecentWidth);
        card->setPictureHeight(kRecentPicture);
        card->setMinimumHeight(kRecentHeight);
        const QPixmap picture(path + ".d/thumbnail.png");
        card->setThumbnail(picture, picture);
        connect(card, &Card::clicked, this, [this, path] { emit workspaceRequested(path); });
        recent_->addWidget(card);
    }
    recent_->addStretch(1);
}

void HomePage::setEstimate(const QString& study, double seconds)
{
    const auto card = cards_.find(study);
    if (card == cards_.end() || !card->second->isEnabled())
        return;
    const double whole = std::max(1.0, std::ceil(seconds));
    const QString time =
        whole < 60 ? QString("%1 s").arg(whole) : QString::fromStdString(durationText(whole));
    card->second->setAction("Run · about " + time);
}

void HomePage::setOver(bool dragging)
{
    drop_->setProperty("over", dragging);
    drop_->style()->unpolish(drop_);
    drop_->style()->polish(drop_);
}

} // namespace vitrine
