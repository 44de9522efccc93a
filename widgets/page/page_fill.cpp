#include "widgets/page/page_fill.h"

#include "widgets/theme/style.h"

#include <QKeyEvent>
#include <QSplitter>
#include <QVBoxLayout>

#include <utility>

namespace vitrine
{
namespace
{

// Stands where a card was, as large.
class Place : public QWidget
{
public:
    explicit Place(const QWidget& card) : wanted_(card.sizeHint()), least_(card.minimumSizeHint())
    {
        setSizePolicy(card.sizePolicy());
        setMinimumSize(card.minimumSize());
        setMaximumSize(card.maximumSize());
    }
    QSize sizeHint() const override { return wanted_; }
    QSize minimumSizeHint() const override { return least_; }

private:
    QSize wanted_, least_;
};

void exchange(QWidget* old, QWidget* with)
{
    QWidget* parent = old->parentWidget();
    if (auto* splitter = qobject_cast<QSplitter*>(parent)) {
        splitter->replaceWidget(splitter->indexOf(old), with);
        return;
    }
    if (parent->layout() != nullptr) {
        delete parent->layout()->replaceWidget(old, with); // the item
        return;
    }
    with->setParent(parent);
    with->setGeometry(old->geometry());
}

// What has the focus in the card; it is to have it again where the card goes.
QPointer<QWidget> takeFocus(const QWidget& card)
{
    QWidget* focused = card.window()->focusWidget();
    if (!card.isAncestorOf(focused))
        return {};
    focused->clearFocus();
    return focused;
}

} // namespace

PageFill::PageFill(QWidget* card, QWidget* page)
    : QWidget(page), card_(card), place_(new Place(*card)), page_(page)
{
    setObjectName("page");
    setAttribute(Qt::WA_StyledBackground);
    const QPointer<QWidget> focused = takeFocus(*card);
    exchange(card, place_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kPanelPadding, 8, theme::kPanelPadding, theme::kPanelPadding);
    column->addWidget(card);
    setGeometry(page->rect());
    place_->show();
    card->show();
    show();
    raise();
    if (focused)
        focused->setFocus();
    for (QWidget* watched : {card, place_.data(), page, page->window()})
        watched->installEventFilter(this);
    connect(card, &QObject::destroyed, this, &PageFill::end);
    connect(place_, &QObject::destroyed, this, &PageFill::askForEnd);
}

PageFill::~PageFill()
{
    for (QObject* other : {card_.data(), place_.data()})
        if (other != nullptr)
            other->disconnect(this);
}

void PageFill::end()
{
    if (std::exchange(ending_, true))
        return;
    deleteLater();
    const bool putElsewhere = card_ && card_->parentWidget() != this;
    if (card_ && place_ && !putElsewhere) {
        const QPointer<QWidget> focused = takeFocus(*card_);
        const bool hidden = card_->isHidden();
        layout()->removeWidget(card_);
        card_->setSizePolicy(place_->sizePolicy()); // a splitter keeps its stretch there
        exchange(place_, card_);
        card_->setVisible(!hidden);
        if (focused)
            focused->setFocus();
    }
    delete place_;
    hide();
}

// Later: whoever moves or deletes the card is at work.
void PageFill::askForEnd()
{
    hide();
    QMetaObject::invokeMethod(this, &PageFill::endRequested, Qt::QueuedConnection);
}

bool PageFill::eventFilter(QObject* watched, QEvent* event)
{
    if (ending_)
        return false;
    if (watched == card_ && event->type() == QEvent::ParentChange &&
        card_->parentWidget() != this) {
        askForEnd();
        delete place_; // at once: the layout that takes the card counts its parts
    } else if (watched == card_ && event->type() == QEvent::Hide && card_->isHidden()) {
        askForEnd();
    } else if (watched == place_ && event->type() == QEvent::Hide) {
        hide();
    } else if (watched == place_ && event->type() == QEvent::Show) {
        show();
        raise();
    } else if (watched == page_ && event->type() == QEvent::Resize) {
        setGeometry(page_->rect());
    } else if (watched == window() && event->type() == QEvent::KeyPress && isVisible() &&
               static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        emit endRequested();
        return true; // nobody inside wanted it
    }
    return false;
}

} // namespace vitrine
