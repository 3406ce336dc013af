/// The icon of the atlas: cells of the map, one of them in a conflict.
let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
    <path fill="#cfe0ee" d="M1 1h6v6H1z"/><path fill="#1f609a" d="M9 1h6v6H9z"/>
    <path fill="#5793c4" d="M1 9h6v6H1z"/><path fill="#b93a0b" d="M9 12l3-3h2l-5 5zM11 15l4-4v2l-2 2z"/>
    </svg>

    """
